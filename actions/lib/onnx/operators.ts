// The operators a model of tables may use: what the converters of scikit-learn, XGBoost and LightGBM write and PyTorch
// writes for dense networks and attention. Left out on purpose: random numbers, since an answer must be the same twice;
// Loop, which may run for ever; images, sound, sequences and training, whose code nobody here needs to trust.

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));

/** By operator set; '' is ai.onnx. */
export const ADMITTED_OPERATORS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    '',
    words(`
      Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh BatchNormalization BitShift BitwiseAnd BitwiseNot
      BitwiseOr BitwiseXor Cast CastLike Ceil Celu Clip Compress Concat Constant ConstantOfShape Cos Cosh CumSum
      DequantizeLinear Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor Gather
      GatherElements GatherND Gelu Gemm Greater GreaterOrEqual HardSigmoid HardSwish Hardmax Identity If
      InstanceNormalization IsInf IsNaN LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization
      MatMul MatMulInteger Max Mean MeanVarianceNormalization Min Mish Mod Mul Neg NonZero Not OneHot Or PRelu Pad Pow
      QuantizeLinear Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin
      ReduceProd ReduceSum ReduceSumSquare Relu Reshape Round Scan ScatterElements ScatterND Selu Shape Shrink Sigmoid
      Sign Sin Sinh Size Slice Softmax Softplus Softsign Split Sqrt Squeeze StringConcat StringNormalizer Sub Sum Tan
      Tanh TfIdfVectorizer ThresholdedRelu Tile TopK Transpose Trilu Unsqueeze Where Xor`),
  ],
  [
    'ai.onnx.ml',
    words(`
      ArrayFeatureExtractor Binarizer CategoryMapper FeatureVectorizer Imputer LabelEncoder LinearClassifier
      LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble TreeEnsembleClassifier
      TreeEnsembleRegressor ZipMap`),
  ],
]);
