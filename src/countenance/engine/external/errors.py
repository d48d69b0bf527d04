"""What can be wrong with engines that run in a process of their own."""

from __future__ import annotations

from countenance.errors import Rule

BAD_MANIFEST = Rule(
    id="engine.external_manifest",
    title="The description of an external engine cannot be used.",
    remedy="Correct its engine.toml as docs/external-engines.md describes it.",
)

UNKNOWN_ENGINE = Rule(
    id="engine.external_unknown",
    title="There is no engine of this name.",
    remedy="Name one that `countenance engines` lists.",
)

MISSING_WEIGHTS = Rule(
    id="engine.external_weights_missing",
    title="The engine's weights are not in place.",
    remedy="Get the file where its authors offer it, read its licence, and put it where the engine's engine.toml says.",
)

ALTERED_WEIGHTS = Rule(
    id="engine.external_weights_altered",
    title="The engine's weights are not the file that its engine.toml names.",
    remedy="Get the file again, or correct the hash if you trust this one.",
)

NO_COMMAND = Rule(
    id="engine.external_command_missing",
    title="The program that runs the engine is not there.",
    remedy="Install the engine in an environment of its own and name its program in engine.toml.",
)

NO_GPU = Rule(
    id="engine.external_no_gpu",
    title="The engine needs a graphics processor, and this machine has none that its driver knows.",
    remedy="Use the built-in engine, or a machine with an NVIDIA processor and its driver.",
)

LOW_MEMORY = Rule(
    id="engine.external_low_memory",
    title="The engine needs more memory than there is.",
    remedy="Use the built-in engine, or a machine with more memory.",
    unit="GB",
)

NOT_ACCEPTED = Rule(
    id="engine.external_not_accepted",
    title="The engine or its weights may not be used commercially, and nobody has said that this use is not.",
    remedy="Read its licence and, if your use is allowed, say so with `--accept-non-commercial`; "
    "it is kept with the video.",
)

FAILED = Rule(
    id="engine.external_failed",
    title="The external engine ended with an error.",
    remedy="Read its last lines; `countenance engines` tells what it lacks. The built-in engine needs nothing.",
)

TOO_SLOW = Rule(
    id="engine.external_deadline",
    title="The external engine took longer than its deadline allows.",
    remedy="Give it more time in engine.toml, a faster machine, or a shorter script.",
    unit="s",
)

OUT_OF_MEMORY = Rule(
    id="engine.external_out_of_memory",
    title="The external engine ran out of memory, also with the smaller settings that it knows.",
    remedy="Use the built-in engine (`--fall-back` does so by itself), or more memory.",
)

BAD_RESULT = Rule(
    id="engine.external_bad_result",
    title="What the external engine wrote is not a video of the right length and size.",
    remedy="Report it to the engine's authors; the built-in engine needs nothing.",
)

RULES: tuple[Rule, ...] = (
    BAD_MANIFEST,
    UNKNOWN_ENGINE,
    MISSING_WEIGHTS,
    ALTERED_WEIGHTS,
    NO_COMMAND,
    NO_GPU,
    LOW_MEMORY,
    NOT_ACCEPTED,
    FAILED,
    TOO_SLOW,
    OUT_OF_MEMORY,
    BAD_RESULT,
)
