// Which options DVC's configuration has, and what their values may be: one table, from DVC 3.67's config_schema.py.

export type Kind =
  | 'text'
  | 'lower'
  | 'bool'
  | 'boolOrText'
  | 'count'
  | 'int'
  | 'number'
  | 'links'
  | 'any'
  | readonly string[];

export type Table = Readonly<Record<string, Kind>>;

const remoteCommon: Table = {
  url: 'text',
  checksum_jobs: 'count',
  jobs: 'count',
  worktree: 'bool',
  no_traverse: 'bool',
  version_aware: 'bool',
};

const localCommon: Table = {
  type: 'links',
  protected: 'bool',
  shared: ['group'],
  slow_link_warning: 'bool',
  verify: 'bool',
};

const http: Table = {
  auth: ['basic', 'digest', 'custom'],
  custom_auth_header: 'text',
  user: 'text',
  password: 'text',
  ask_password: 'bool',
  ssl_verify: 'boolOrText',
  method: 'text',
  connect_timeout: 'number',
  read_timeout: 'number',
  verify: 'bool',
};

const webdav: Table = {
  user: 'text',
  password: 'text',
  ask_password: 'bool',
  token: 'text',
  bearer_token_command: 'text',
  custom_auth_header: 'text',
  cert_path: 'text',
  key_path: 'text',
  timeout: 'int',
  ssl_verify: 'boolOrText',
  verify: 'bool',
};

/** By the scheme of `url`; '' for folders. */
export const REMOTES: Readonly<Record<string, Table>> = {
  '': { ...localCommon, ...remoteCommon },
  s3: {
    region: 'text',
    profile: 'text',
    credentialpath: 'text',
    configpath: 'text',
    endpointurl: 'text',
    access_key_id: 'text',
    secret_access_key: 'text',
    session_token: 'text',
    listobjects: 'bool',
    use_ssl: 'bool',
    allow_anonymous_login: 'bool',
    ssl_verify: 'boolOrText',
    sse: 'text',
    sse_kms_key_id: 'text',
    sse_customer_algorithm: 'text',
    sse_customer_key: 'text',
    acl: 'text',
    grant_read: 'text',
    grant_read_acp: 'text',
    grant_write_acp: 'text',
    grant_full_control: 'text',
    cache_regions: 'bool',
    read_timeout: 'int',
    connect_timeout: 'int',
    verify: 'bool',
    ...remoteCommon,
  },
  gs: {
    projectname: 'text',
    credentialpath: 'text',
    endpointurl: 'text',
    verify: 'bool',
    allow_anonymous_login: 'bool',
    ...remoteCommon,
  },
  ssh: {
    type: 'links',
    port: 'int',
    user: 'text',
    password: 'text',
    ask_password: 'bool',
    passphrase: 'text',
    ask_passphrase: 'bool',
    keyfile: 'text',
    timeout: 'int',
    gss_auth: 'bool',
    allow_agent: 'bool',
    max_sessions: 'int',
    verify: 'bool',
    ...remoteCommon,
  },
  hdfs: { user: 'text', kerb_ticket: 'text', replication: 'int', ...remoteCommon },
  webhdfs: {
    kerberos: 'bool',
    kerberos_principal: 'text',
    proxy_to: 'text',
    ssl_verify: 'boolOrText',
    token: 'text',
    use_https: 'bool',
    user: 'text',
    password: 'text',
    data_proxy_target: 'text',
    verify: 'bool',
    ...remoteCommon,
  },
  azure: {
    connection_string: 'text',
    sas_token: 'text',
    account_name: 'text',
    account_key: 'text',
    tenant_id: 'text',
    client_id: 'text',
    client_secret: 'text',
    allow_anonymous_login: 'bool',
    exclude_environment_credential: 'bool',
    exclude_visual_studio_code_credential: 'bool',
    exclude_shared_token_cache_credential: 'bool',
    exclude_managed_identity_credential: 'bool',
    verify: 'bool',
    timeout: 'int',
    read_timeout: 'int',
    connection_timeout: 'int',
    ...remoteCommon,
  },
  oss: { oss_key_id: 'text', oss_key_secret: 'text', oss_endpoint: 'text', verify: 'bool', ...remoteCommon },
  gdrive: {
    profile: 'text',
    gdrive_use_service_account: 'bool',
    gdrive_client_id: 'text',
    gdrive_client_secret: 'text',
    gdrive_user_credentials_file: 'text',
    gdrive_service_account_user_email: 'text',
    gdrive_service_account_json_file_path: 'text',
    gdrive_trash_only: 'bool',
    gdrive_acknowledge_abuse: 'bool',
    verify: 'bool',
    ...remoteCommon,
  },
  http: { ...http, ...remoteCommon },
  https: { ...http, ...remoteCommon },
  webdav: { ...webdav, ...remoteCommon },
  webdavs: { ...webdav, ...remoteCommon },
};

/** The sections without a name, in the order in which DVC writes new ones. */
export const SECTIONS: Readonly<Record<string, Table>> = {
  core: {
    remote: 'lower',
    checksum_jobs: 'count',
    interactive: 'bool',
    analytics: 'bool',
    hardlink_lock: 'bool',
    no_scm: 'bool',
    autostage: 'bool',
    experiments: 'bool',
    check_update: 'bool',
    site_cache_dir: 'text',
    machine: 'lower',
  },
  cache: {
    local: 'text',
    s3: 'text',
    gs: 'text',
    hdfs: 'text',
    webhdfs: 'text',
    ssh: 'text',
    azure: 'text',
    dir: 'text',
    ...localCommon,
  },
  state: { dir: 'text', row_limit: 'count', row_cleanup_quota: 'int' },
  index: { dir: 'text' },
  plots: { html_template: 'text', auto_open: 'bool', out_dir: 'text' },
  exp: {
    code: 'text',
    data: 'text',
    models: 'text',
    metrics: 'text',
    params: 'text',
    plots: 'text',
    live: 'text',
    auto_push: 'bool',
    git_remote: 'text',
  },
  parsing: { bool: ['store_true', 'boolean_optional'], list: ['nargs', 'append'] },
  hydra: {
    enabled: 'bool',
    config_dir: 'text',
    config_module: 'text',
    config_name: 'text',
    plugins_path: 'text',
  },
  studio: { token: 'text', url: 'text', repo_url: 'text', offline: 'bool' },
};

/** DVC takes any option here, and ignores those it does not know. */
export const FREE_SECTION = 'feature';

export const MACHINE: Table = {
  cloud: ['aws', 'azure'],
  region: ['us-west', 'us-east', 'eu-west', 'eu-north'],
  image: 'text',
  spot: 'bool',
  spot_price: 'number',
  instance_hdd_size: 'int',
  instance_type: 'lower',
  instance_gpu: 'lower',
  ssh_private: 'text',
  startup_script: 'text',
  setup_script: 'text',
};

export const DATABASE: Table = { url: 'text', username: 'text', password: 'text' };
