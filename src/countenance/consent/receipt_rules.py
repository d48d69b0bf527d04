"""What can be wrong with a consent receipt, with the keys that sign it, and with a revocation."""

from __future__ import annotations

from countenance.errors import Rule

RECEIPT_UNREADABLE = Rule(
    id="consent.receipt_unreadable",
    title="The receipt cannot be read.",
    remedy="Name the receipt's file, the folder of its replica, or the id that `countenance consent list` shows.",
)
RECEIPT_INVALID = Rule(
    id="consent.receipt_invalid",
    title="This is not a receipt as it was signed: it was changed, cut off, or never was one.",
    remedy="Use the receipt as it was first given out. A changed receipt proves nothing.",
)
RECEIPT_UNKNOWN_KEY = Rule(
    id="consent.receipt_unknown_key",
    title="The receipt was signed with a key that is not known here.",
    remedy="Put the public key of whoever issued it (`<key id>.pub.pem`) into the folder `keys` of the data folder, if "
    "its receipts are to count here. Only to look at it, `consent show` and `consent verify` take that key with --key.",
)
RECEIPT_MISSING = Rule(
    id="consent.receipt_missing",
    title="The replica carries no receipt of a consent or of a declaration.",
    remedy="Train the replica again, with the person's consent or with a declaration.",
)
RECEIPT_NOT_HELD = Rule(
    id="consent.receipt_not_held",
    title="This installation does not hold the receipt, so it cannot know whether it was revoked.",
    remedy="Copy the receipt's folder from `consents` in the data folder of the machine that issued it.",
)
RECEIPT_OF_ANOTHER = Rule(
    id="consent.receipt_of_another",
    title="The receipt is for other footage than the replica was trained from.",
    remedy="Train the replica again, with the consent that belongs to its footage.",
)
NOT_VOUCHED = Rule(
    id="consent.not_vouched",
    title="Nobody who is trusted here vouches that this replica is the one for which its receipt was given.",
    remedy="Put the public key of the installation that exported it (`<key id>.pub.pem` in the folder `keys` of its "
    "data folder) into the same folder here, if you know whose it is; or export the replica again.",
)
NOT_MADE_HERE = Rule(
    id="consent.not_made_here",
    title="The register does not know this replica: it was not made or imported here, or was changed since.",
    remedy="Use the replica as it was trained or imported; export one that lies here as a copy where it was made.",
)
PLACE_KEPT = Rule(
    id="consent.place_kept",
    title="Keys or records of consents lie there.",
    remedy="Name a place outside of the data folder.",
)
REVOKED = Rule(
    id="consent.revoked",
    title="This consent was taken back; nothing more may be made with it.",
    remedy="Ask the person for a new consent and train a new replica.",
)
NOT_CONFIRMED = Rule(
    id="consent.not_confirmed",
    title="The revocation was not confirmed, and nothing was changed.",
    remedy="Type the word that is asked for, or confirm with --yes.",
)
NOT_ERASED = Rule(
    id="consent.not_erased",
    title="The consent is taken back, but something that was made under it could not be erased.",
    remedy="Allow this account to delete the files that are named, and run the command again.",
)
REGISTER_UNUSABLE = Rule(
    id="consent.register_unusable",
    title="The consents and keys in the data folder cannot be read or written.",
    remedy="Make room, and make the data folder readable and writable for this account alone.",
)
KEY_UNREADABLE = Rule(
    id="consent.key_unreadable",
    title="The key cannot be read, or is no Ed25519 key in a form that is known here.",
    remedy="Give a PEM file without a password, private for signing and public for --key; for --key also a JWK.",
)
KEY_EXPOSED = Rule(
    id="consent.key_exposed",
    title="Anyone on this machine can read or change the key that signs receipts.",
    remedy="Run `chmod 600` on it. If others may have read it, replace it as docs/consent-receipts.md says.",
)

RULES: tuple[Rule, ...] = (
    RECEIPT_UNREADABLE,
    RECEIPT_INVALID,
    RECEIPT_UNKNOWN_KEY,
    RECEIPT_MISSING,
    RECEIPT_NOT_HELD,
    RECEIPT_OF_ANOTHER,
    NOT_VOUCHED,
    NOT_MADE_HERE,
    PLACE_KEPT,
    REVOKED,
    NOT_CONFIRMED,
    NOT_ERASED,
    REGISTER_UNUSABLE,
    KEY_UNREADABLE,
    KEY_EXPOSED,
)
