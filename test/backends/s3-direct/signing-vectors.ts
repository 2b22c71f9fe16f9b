/**
 * Published examples of AWS Signature Version 4, as facts: what is signed and the signature.
 *
 * - `SUITE`: the signing test suite of AWS's Common Runtime (aws-c-auth v0.9.0, as packaged with the crate aws-sigv4
 *   1.6.4), header form, the cases that S3's rules cover: paths are not normalised, repeated headers are joined before.
 * - `S3_EXAMPLES`: "Authenticating Requests: Using the Authorization Header" of the Amazon S3 API reference.
 */

export interface SigningVector {
  readonly name: string;
  readonly method: string;
  /** Not encoded yet. */
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** In any order; `host` and `x-amz-date` are added. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly signature: string;
}

export const SUITE_SCOPE = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 'service',
  day: '20150830',
  stamp: '20150830T123600Z',
  host: 'example.amazonaws.com',
} as const;

const UNRESERVED = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const STS_TOKEN =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';
const FORM_DIGEST = '9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e';

export const SUITE: readonly SigningVector[] = [
  {
    name: 'get-header-key-duplicate',
    method: 'GET',
    headers: [['my-header1', 'value2,value2,value1']],
    signature: 'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
  },
  {
    name: 'get-header-value-multiline',
    method: 'GET',
    headers: [['my-header1', 'value1\n  value2\n     value3']],
    signature: 'cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd',
  },
  {
    name: 'get-header-value-order',
    method: 'GET',
    headers: [['my-header1', 'value4,value1,value3,value2']],
    signature: '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01',
  },
  {
    name: 'get-header-value-trim',
    method: 'GET',
    headers: [
      ['my-header1', ' value1'],
      ['my-header2', ' "a   b   c"'],
    ],
    signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  },
  {
    name: 'get-relative-relative-unnormalized',
    method: 'GET',
    path: '/example1/example2/../..',
    signature: 'dc33e0856fd4baca4d7aa2146c38958283844764f38c74252a333df5e613003b',
  },
  {
    name: 'get-relative-unnormalized',
    method: 'GET',
    path: '/example/..',
    signature: 'eca7ead57bb5aa5c8e28007acd4ff04e1ff9a0ff3b237ec1554a184887ff9282',
  },
  {
    name: 'get-slash-dot-slash-unnormalized',
    method: 'GET',
    path: '/./',
    signature: '68714168e6557f8f2de0ef956fc24dc2593a4bd2961f8df51898d8a134695145',
  },
  {
    name: 'get-slash-pointless-dot-unnormalized',
    method: 'GET',
    path: '/./example',
    signature: 'beb03f223f7deae4146464f06e29eebbee9c8afbe15c290cf07aa8b119e14cff',
  },
  {
    name: 'get-slash-unnormalized',
    method: 'GET',
    path: '//',
    signature: 'c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e',
  },
  {
    name: 'get-slashes-unnormalized',
    method: 'GET',
    path: '//example//',
    signature: '87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5',
  },
  {
    name: 'get-space-unnormalized',
    method: 'GET',
    path: '/example space/',
    signature: '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741',
  },
  {
    name: 'get-unreserved',
    method: 'GET',
    path: `/${UNRESERVED}`,
    signature: '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  },
  {
    name: 'get-utf8',
    method: 'GET',
    path: '/\u1234',
    signature: '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85',
  },
  {
    name: 'get-vanilla',
    method: 'GET',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'get-vanilla-empty-query-key',
    method: 'GET',
    query: { Param1: 'value1' },
    signature: 'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
  },
  {
    name: 'get-vanilla-query-order-encoded',
    method: 'GET',
    query: { 'Param-3': 'Value3', Param: 'Value2', '\u1234': 'Value1' },
    signature: '371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac',
  },
  {
    name: 'get-vanilla-query-order-key-case',
    method: 'GET',
    query: { Param2: 'value2', Param1: 'value1' },
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  {
    name: 'get-vanilla-query-unreserved',
    method: 'GET',
    query: { [UNRESERVED]: UNRESERVED },
    signature: '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  },
  {
    name: 'get-vanilla-utf8-query',
    method: 'GET',
    query: { '\u1234': 'bar' },
    signature: '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
  },
  {
    name: 'get-vanilla-with-session-token',
    method: 'GET',
    headers: [['x-amz-security-token', '6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267']],
    signature: '07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8',
  },
  {
    name: 'post-vanilla',
    method: 'POST',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  {
    name: 'post-header-key-sort',
    method: 'POST',
    headers: [['my-header1', 'value1']],
    signature: 'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  },
  {
    name: 'post-header-value-case',
    method: 'POST',
    headers: [['my-header1', 'VALUE1']],
    signature: 'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
  },
  {
    name: 'post-sts-header-before',
    method: 'POST',
    headers: [['x-amz-security-token', STS_TOKEN]],
    signature: '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  },
  {
    name: 'post-vanilla-query',
    method: 'POST',
    query: { Param1: 'value1' },
    signature: '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
  },
  {
    name: 'post-x-www-form-urlencoded',
    method: 'POST',
    headers: [
      ['content-type', 'application/x-www-form-urlencoded'],
      ['content-length', '13'],
      ['x-amz-content-sha256', FORM_DIGEST],
    ],
    body: 'Param1=value1',
    signature: 'd3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b',
  },
  {
    name: 'post-x-www-form-urlencoded-parameters',
    method: 'POST',
    headers: [
      ['content-type', 'application/x-www-form-urlencoded; charset=utf-8'],
      ['content-length', '13'],
      ['x-amz-content-sha256', FORM_DIGEST],
    ],
    body: 'Param1=value1',
    signature: '328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422',
  },
];

export const S3_SCOPE = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 's3',
  day: '20130524',
  stamp: '20130524T000000Z',
  host: 'examplebucket.s3.amazonaws.com',
} as const;

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export const S3_EXAMPLES: readonly SigningVector[] = [
  {
    name: 'GET Object, ten bytes',
    method: 'GET',
    path: '/test.txt',
    headers: [
      ['range', 'bytes=0-9'],
      ['x-amz-content-sha256', EMPTY],
    ],
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    name: 'PUT Object',
    method: 'PUT',
    path: '/test$file.text',
    headers: [
      ['date', 'Fri, 24 May 2013 00:00:00 GMT'],
      ['x-amz-content-sha256', '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072'],
      ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
    ],
    body: 'Welcome to Amazon S3.',
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
  {
    name: 'GET Bucket Lifecycle',
    method: 'GET',
    query: { lifecycle: '' },
    headers: [['x-amz-content-sha256', EMPTY]],
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    name: 'GET Bucket (List Objects)',
    method: 'GET',
    query: { prefix: 'J', 'max-keys': '2' },
    headers: [['x-amz-content-sha256', EMPTY]],
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
];
