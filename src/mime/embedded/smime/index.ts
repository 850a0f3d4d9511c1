export { INFLATED_LIMIT } from './compressed-data.ts';
export { type CertificateName, type ReadOptions, readSignedData, type SignedContent } from './read.ts';
