"""``python -m inference.training``: train, evaluate, export, pack. See docs/training.md."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from inference.segmenters.torch_door import torch
from inference.training import checkpoint, evaluate, export, pack
from inference.training.batches import mix
from inference.training.library import FileLibrary, chosen_numbers
from inference.training.looks import Looks
from inference.training.loop import Run, Settings
from inference.training.pretrained import take_backbone
from inference.training.progress import Bar
from inference.training.recipe import RECIPES, recipe_named
from projects.errors import ApplicationError, InvalidInput


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except ApplicationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m inference.training", description=__doc__)
    commands = parser.add_subparsers(required=True)
    _add_train(commands.add_parser("train", help="train, or go on with a run in the same folder"))
    evaluate.add_arguments(commands.add_parser("evaluate", help="measure a model by source"))
    export.add_arguments(commands.add_parser("export", help="write the ONNX encoder and decoder"))
    pack.add_arguments(commands.add_parser("pack", help="put the data into one small file"))
    return parser


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_train)
    parser.add_argument("--data", type=Path, required=True, help="folder with index.csv, or pack")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--minutes", type=float, help="of the whole run, over all sittings")
    parser.add_argument("--sitting", type=float, help="minutes until this process stops")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--recipe", choices=tuple(RECIPES), help="default: by device")
    parser.add_argument("--stages", nargs="*", default=(), help="only these: dense decoder joint")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, help="processes that prepare batches")
    parser.add_argument("--threads", type=int, default=1, help="of the loop, on a CPU")
    parser.add_argument("--precision", choices=("bf16", "fp32"), default="bf16")
    parser.add_argument("--hold-out", nargs="*", default=(), help="sources never trained on")
    parser.add_argument("--init", type=Path, help="weights to start from")
    parser.add_argument("--backbone", type=Path, help="published weights of EfficientNet-Lite2")


def _train(options: argparse.Namespace) -> None:
    device = _device(options.device)
    if device == "cpu":
        torch.set_num_threads(options.threads)
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    recipe = recipe_named(
        options.recipe or ("gpu" if device == "cuda" else "cpu"), tuple(options.stages)
    )
    library = FileLibrary(options.data)
    numbers = chosen_numbers(library, ("train",), options.hold_out)
    if not numbers:
        raise InvalidInput("no picture is left to train on")
    options.out.mkdir(parents=True, exist_ok=True)
    default_workers = 14 if device == "cuda" else 0
    bar = Bar(sys.stderr)
    settings = Settings(
        out=options.out,
        seed=options.seed,
        device=device,
        minutes=options.minutes,
        sitting_minutes=options.sitting,
        workers=default_workers if options.workers is None else options.workers,
        is_bfloat=options.precision == "bf16",
        say=bar.say,
    )
    run = Run(library, mix(library, numbers), recipe, settings)
    _take_up(run, options)
    watched = chosen_numbers(library, ("val",), ())
    side = max(recipe.stages[-1].plan.sides)
    run.looks = Looks(library, watched, side, recipe.looked_batches, torch.device(device))
    is_done = run.train()
    bar.say("done" if is_done else "stopped; the same command goes on", True)


def _take_up(run: Run, options: argparse.Namespace) -> None:
    state = options.out / checkpoint.STATE_NAME
    if state.is_file():
        run.restore(checkpoint.read(state))
        return
    if options.backbone is not None:
        take_backbone(run.sam.image_encoder, options.backbone)
        run.start_from(run.sam.state_dict())
    if options.init is not None:
        sam, shape = checkpoint.load_weights(options.init)
        if shape != run.recipe.shape:
            raise InvalidInput(f"{options.init} is of another shape: {shape}")
        run.start_from(sam.state_dict())


def _device(wanted: str) -> str:
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return wanted


if __name__ == "__main__":
    sys.exit(main())
