/** As navigator.locks of one browser: one holder a name; ifAvailable and steal. */
export class FakeLockManager {
  /** @type {Map<string, {lose: (error: Error) => void}>} */
  held = new Map();
  /** What a request waits for. */
  before = async () => {};

  async request(name, { ifAvailable = false, steal = false }, callback) {
    await this.before();
    const holder = this.held.get(name);
    if (holder && ifAvailable) return callback(null);
    if (holder && steal) holder.lose(new Error("stolen"));
    let lose;
    const stolen = new Promise((_, reject) => {
      lose = reject;
    });
    const own = { lose };
    this.held.set(name, own);
    try {
      return await Promise.race([callback({ name }), stolen]);
    } finally {
      if (this.held.get(name) === own) this.held.delete(name);
    }
  }
}
