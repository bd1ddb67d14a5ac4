/**
 * The part of cloud-init's cloud-config format that Mailstead writes.
 *
 * Held by tests to cloud-init's published schemas 24.1, 24.4, 25.1 and current.
 * @see https://docs.cloud-init.io/en/latest/reference/modules.html
 */

/** One entry of `write_files`. Permissions are text, since YAML would read 0644 as a number. */
export interface WriteFile {
  readonly path: string;
  /** Owner as `user:group`; cloud-init's default is root:root. */
  readonly owner?: string;
  readonly permissions: string;
  readonly content: string;
}

/** One entry of `users`. */
export interface CloudUser {
  readonly name: string;
  readonly lock_passwd: boolean;
  readonly ssh_authorized_keys: readonly string[];
}

/** A whole cloud-config document, in the order in which it is written. */
export interface CloudConfig {
  readonly hostname?: string;
  readonly fqdn?: string;
  readonly prefer_fqdn_over_hostname?: boolean;
  readonly disable_root?: boolean;
  readonly ssh_pwauth?: boolean;
  readonly ssh_deletekeys?: boolean;
  readonly ssh_genkeytypes?: readonly "ed25519"[];
  readonly ssh_keys?: { readonly ed25519_private: string; readonly ed25519_public: string };
  readonly users?: readonly CloudUser[];
  readonly package_update?: boolean;
  readonly packages?: readonly string[];
  readonly write_files: readonly WriteFile[];
  readonly runcmd: readonly (readonly string[])[];
}
