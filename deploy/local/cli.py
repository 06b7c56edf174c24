"""The `dyad` command. Each module in `commands` adds its own group or commands to `app`.

Exit codes: 0 ok, 1 difference or violation, 2 usage, 3 unreachable, 4 partial, 130 interrupted.
"""

import sys

import typer
from typer.exceptions import Abort, TyperException

from deploy.local.commands import ADDED
from deploy.local.output import messages
from deploy.local.trouble import EXIT_INTERRUPTED, Trouble, from_error

app = typer.Typer(
    name="dyad",
    help="Run Dyad on this machine and look after it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for add_to in ADDED:
    add_to(app)


def main() -> None:
    """Run one command and end the process with its exit code."""
    sys.exit(run())


def run() -> int:
    """Run the command that the arguments name; its exit code. What a person can mend is said in one sentence."""
    try:
        code: object = app(standalone_mode=False)
    except (KeyboardInterrupt, Abort):
        messages.print("Interrupted. What runs keeps running: `make up` goes on from here, `make down` stops it.")
        return EXIT_INTERRUPTED
    except TyperException as usage:
        messages.print(f"{usage.format_message()}\nSee `dyad --help`.", markup=False)
        return usage.exit_code
    except Trouble as trouble:
        return _tell(trouble)
    except Exception as error:
        trouble_behind = from_error(error)
        if trouble_behind is None:
            raise
        return _tell(trouble_behind)
    return code if isinstance(code, int) else 0


def _tell(trouble: Trouble) -> int:
    messages.print(trouble.sentence, style="red", markup=False)
    messages.print(trouble.way_out, markup=False)
    return trouble.exit_code


if __name__ == "__main__":
    main()
