"""`python -m connectors.practice`: the practice vendors without Django."""

import argparse

from connectors.practice.server import serve


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the sandbox command."""
    parser.add_argument("--port", type=int, default=9100, help="control port; 0: any free ports")
    parser.add_argument("--customers", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", default="none", help="none, storm, throttle, outage …")
    parser.add_argument(
        "--copy", action="store_true", help="the org is a sandbox: other ids, masked addresses"
    )
    parser.add_argument("--rate", type=int, default=60, help="calls a second the source takes")
    parser.add_argument("--tls", action="store_true", help="serve Salesforce over https too")
    parser.add_argument(
        "--follow-parent", action="store_true", help="end when the starting process ends"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="sandbox", description="Serve the practice vendors.")
    add_arguments(parser)
    serve(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
