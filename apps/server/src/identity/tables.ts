import type { SealedText } from '../store/sealer.ts';

/**
 * The tables of this room. Names in camelCase belong to the account library, which chooses them; names with
 * underscores are ours. Times of the library are ISO text, ours are milliseconds.
 */
export interface IdentityTables {
  user: UserTable;
  session: SessionTable;
  account: LinkedAccountTable;
  verification: VerificationTable;
  twoFactor: TwoFactorTable;
  passkey: PasskeyTable;
  identity_secret: IdentitySecretTable;
  setup_code: SetupCodeTable;
  sign_in_attempt: SignInAttemptTable;
  team: TeamTable;
  team_member: TeamMemberTable;
  team_invitation: TeamInvitationTable;
  oauth_client: OAuthClientTable;
  oauth_grant: OAuthGrantTable;
  oauth_code: OAuthCodeTable;
  oauth_access_token: OAuthAccessTokenTable;
  oauth_refresh_token: OAuthRefreshTokenTable;
  oauth_device: OAuthDeviceTable;
  github_link: GitHubLinkTable;
}

interface UserTable {
  id: string;
  name: string;
  email: string;
  emailVerified: number;
  image: string | null;
  twoFactorEnabled: number | null;
  createdAt: string;
  updatedAt: string;
}

interface SessionTable {
  id: string;
  /** SHA-256 of the cookie's token. */
  token: string;
  userId: string;
  ipAddress: string | null;
  userAgent: string | null;
  expiresAt: string;
  createdAt: string;
  updatedAt: string;
}

interface LinkedAccountTable {
  id: string;
  accountId: string;
  providerId: string;
  userId: string;
  accessToken: SealedText | null;
  refreshToken: SealedText | null;
  idToken: SealedText | null;
  accessTokenExpiresAt: string | null;
  refreshTokenExpiresAt: string | null;
  scope: string | null;
  /** scrypt with a salt of its own. */
  password: string | null;
  createdAt: string;
  updatedAt: string;
}

interface VerificationTable {
  id: string;
  /** SHA-256 of what the browser holds. */
  identifier: string;
  value: string;
  expiresAt: string;
  createdAt: string;
  updatedAt: string;
}

interface TwoFactorTable {
  id: string;
  userId: string;
  /** Encrypted by the library with the identity secret. */
  secret: string;
  /** Encrypted by the library with the identity secret. */
  backupCodes: string;
  verified: number | null;
  failedVerificationCount: number | null;
  lockedUntil: string | null;
}

interface PasskeyTable {
  id: string;
  name: string | null;
  publicKey: string;
  userId: string;
  credentialID: string;
  counter: number;
  deviceType: string;
  backedUp: number;
  transports: string | null;
  aaguid: string | null;
  createdAt: string | null;
}

interface IdentitySecretTable {
  /** Always 1: there is one row. */
  id: number;
  /** Signs cookies and encrypts what the account library encrypts. */
  sealed: SealedText;
  created_at: number;
}

interface SetupCodeTable {
  /** SHA-256 of the code in the set-up link. */
  hash: string;
  created_at: number;
}

interface SignInAttemptTable {
  /** SHA-256 of what is counted: an address, an account, or both together. */
  key: string;
  count: number;
  window_ends_at: number;
}

export type TeamRole = 'owner' | 'admin' | 'member' | 'viewer';

interface TeamTable {
  id: string;
  name: string;
  /** The account whose own team this is; null for a shared team. */
  personal_of: string | null;
  created_at: number;
}

interface TeamMemberTable {
  team_id: string;
  user_id: string;
  role: TeamRole;
  created_at: number;
}

interface TeamInvitationTable {
  id: string;
  /** SHA-256 of the code in the invitation link. */
  hash: string;
  team_id: string;
  /** The only address that can accept, in lower case. */
  email: string;
  role: TeamRole;
  invited_by: string;
  created_at: number;
  expires_at: number;
  accepted_at: number | null;
}

interface OAuthClientTable {
  id: string;
  name: string;
  uri: string | null;
  /** JSON array of text. */
  redirect_uris: string;
  first_party: number;
  auth_method: 'none' | 'client_secret_basic' | 'client_secret_post';
  /** SHA-256 of the client's secret; null for a public client. */
  secret_hash: string | null;
  /** JSON array of text. */
  grant_types: string;
  scope: string;
  created_at: number;
}

interface OAuthGrantTable {
  id: string;
  client_id: string;
  user_id: string;
  scope: string;
  /** Name that the terminal gave itself: a claim, shown as such. */
  device_name: string | null;
  address: string | null;
  flow: 'browser' | 'device';
  created_at: number;
  last_used_at: number | null;
  ended_at: number | null;
  ended_reason: 'person' | 'client' | 'replay' | 'leaked' | null;
}

interface OAuthCodeTable {
  hash: string;
  grant_id: string;
  redirect_uri: string;
  code_challenge: string;
  expires_at: number;
  used_at: number | null;
}

interface OAuthAccessTokenTable {
  hash: string;
  grant_id: string;
  scope: string;
  expires_at: number;
}

interface OAuthRefreshTokenTable {
  hash: string;
  grant_id: string;
  expires_at: number;
  used_at: number | null;
}

interface OAuthDeviceTable {
  /** SHA-256 of the device code. */
  hash: string;
  /** SHA-256 of the code that the person types. */
  user_code_hash: string;
  client_id: string;
  scope: string;
  device_name: string | null;
  address: string | null;
  created_at: number;
  expires_at: number;
  /** Milliseconds that must lie between two polls. */
  poll_interval: number;
  last_polled_at: number | null;
  status: 'pending' | 'approved' | 'denied';
  grant_id: string | null;
}

interface GitHubLinkTable {
  /** Id of the row in `account`. */
  account_row: string;
  /** SHA-256 of the sealed access token that GitHub refused: the link is broken while it is the one in use. */
  refused_token: string | null;
  /** Milliseconds: until then one server is getting new tokens, and the others wait for it. */
  refreshing_until: number;
}
