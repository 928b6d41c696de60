// Splits the data into training and test rows; a row stays on its side for ever.
import { splitRows } from '#lib/flows/steps/split-rows.ts';

await splitRows({ from: '../../data/lending-club/lending_club.csv' });
