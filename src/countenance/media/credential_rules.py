"""What can be wrong with content credentials (C2PA): with those that are written here, and with those that are read."""

from __future__ import annotations

from countenance.errors import Rule, Severity

SIGNER_UNUSABLE = Rule(
    id="media.signer_unusable",
    title="The certificate or the key that signs what is rendered cannot be used.",
    remedy="Name a certificate for content credentials (PEM, with its chain) and its private key (PEM, no password, "
    "chmod 600) in COUNTENANCE_C2PA_CERTIFICATE and COUNTENANCE_C2PA_KEY. Without both, one is made in the folder "
    "`credentials` of the data folder; move that folder away to have a new one made.",
)
SIGNING_FAILED = Rule(
    id="media.signing_failed",
    title="The file could not be signed as AI-generated, and was therefore not kept.",
    remedy="Make room on the disk and in the folder for temporary files; check the certificate if one is named in "
    "COUNTENANCE_C2PA_CERTIFICATE.",
)
NO_CREDENTIALS = Rule(
    id="media.no_credentials",
    title="The file carries no content credentials: where it comes from cannot be told.",
    remedy="Ask for the file as it was first made: many services remove credentials. To a WebM belongs a file of the "
    "same name that ends in .c2pa.",
)
CREDENTIALS_BROKEN = Rule(
    id="media.credentials_broken",
    title="The content credentials do not fit the file: it was changed after it was signed, or they were.",
    remedy="Trust nothing that they say. Ask for the file as it was first made.",
)
CREDENTIALS_ELSEWHERE = Rule(
    id="media.credentials_elsewhere",
    title="The content credentials are kept on a server; nothing was fetched from there.",
    remedy="Ask for the file with its credentials in it.",
)
ANCHORS_UNUSABLE = Rule(
    id="media.anchors_unusable",
    title="The file of trusted authorities holds no certificates in PEM form, or damaged ones.",
    remedy="Let COUNTENANCE_TRUST_ANCHORS name a file of certificates, each from BEGIN CERTIFICATE to END CERTIFICATE.",
)
SIGNER_UNKNOWN = Rule(
    id="media.signer_unknown",
    title="The file is as it was signed, but nobody who is trusted here vouches for who signed it.",
    remedy="Take what the credentials say for the word of whoever signed. If you know the signer, put the certificate "
    "of their authority into the file that COUNTENANCE_TRUST_ANCHORS names.",
    severity=Severity.WARNING,
)
NOT_OF_A_REPLICA = Rule(
    id="media.not_of_a_replica",
    title="The content credentials are those of another product; they name no replica.",
    remedy="What they say of the file's origin stands in the answer.",
    severity=Severity.HINT,
)

RULES: tuple[Rule, ...] = (
    SIGNER_UNUSABLE,
    SIGNING_FAILED,
    NO_CREDENTIALS,
    CREDENTIALS_BROKEN,
    CREDENTIALS_ELSEWHERE,
    ANCHORS_UNUSABLE,
    SIGNER_UNKNOWN,
    NOT_OF_A_REPLICA,
)
