"""The loop of training: stages, steps, averages of weights, looks at validation, saved states.

Nothing here draws from a global source of chance: batches and prompts of a step depend on (seed,
stage, step), so that a run taken up from its saved state goes on as if it had never stopped.
"""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inference.segmenters.torch_door import Sam, torch
from inference.training import checkpoint, plots, schedule
from inference.training.batches import Batch, Batches, Mixture, Plan
from inference.training.library import Library
from inference.training.looks import Looks
from inference.training.model import build_nano, normalise, shape_facts
from inference.training.recipe import Recipe, Stage
from inference.training.steps import DenseHeads, DenseStep, Outcome, PromptStep
from projects.errors import InvalidInput

CLIP_NORM = 1.0
PROMPT_STREAM, POOL_STREAM = 1, 2  # independent streams of chance of one step


@dataclass(frozen=True)
class Settings:
    """How a run is run; none of it changes what a step learns, but for limits of time.

    Attributes:
        out: Folder of states, weights, history and plots.
        seed: Of everything.
        device: "cpu" or "cuda".
        minutes: Of the whole run, over all sittings; None to let steps decide.
        sitting_minutes: After which this process stops, to be taken up later; None for no limit.
        workers: Processes that prepare batches; 0 prepares them in the loop.
        is_bfloat: Whether to compute in bfloat16 where that is safe.
        say: Told a line of progress and whether it is one to keep.
        clock: Seconds, monotonic.
    """

    out: Path
    seed: int = 0
    device: str = "cpu"
    minutes: float | None = None
    sitting_minutes: float | None = None
    workers: int = 0
    is_bfloat: bool = False
    say: Callable[[str, bool], None] = lambda _line, _is_kept: None
    clock: Callable[[], float] = time.monotonic


class Run:
    """A model being trained.

    Attributes:
        sam: The model as the optimiser sees it.
        average: The running average of its weights, which is what is measured and shipped.
        history: Records of looks: minutes, stage, step, rate, means of facts, facts on validation.
    """

    def __init__(
        self, library: Library, mixture: Mixture, recipe: Recipe, settings: Settings
    ) -> None:
        self._library, self._mixture = library, mixture
        self.recipe, self.settings = recipe, settings
        self._device = torch.device(settings.device)
        torch.manual_seed(settings.seed)  # weights alone come from the global stream
        self.sam = self._placed(build_nano(recipe.shape))
        self.heads = DenseHeads(recipe.shape.width).to(self._device)
        self.average = copy.deepcopy(self.sam).eval()
        self.history: list[dict[str, float]] = []
        self.stage, self.step = 0, 0
        self._seconds = [0.0 for _ in recipe.stages]
        self._optimiser_state: dict[str, Any] | None = None
        self.looks: Looks | None = None

    def start_from(self, weights: dict[str, torch.Tensor]) -> None:
        """Take weights from elsewhere, before the first step."""
        self.sam.load_state_dict(weights)
        self.average.load_state_dict(weights)

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a saved state.

        Raises:
            InvalidInput: if that run had another recipe, seed or choice of pictures.
        """
        if state["terms"] != self._terms():
            raise InvalidInput(
                "the run in this folder was begun with another recipe, seed or choice of pictures; "
                "take another folder, or --init to start from its weights"
            )
        self.sam.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.heads.load_state_dict(state["heads"])
        self.stage, self.step = state["stage"], state["step"]
        self._seconds = list(state["seconds"])
        self._optimiser_state = state["optimiser"]
        self.history = list(state["history"])

    def train(self) -> bool:
        """Run stages until all are done or the sitting is over; say whether all are done."""
        began = self.settings.clock()
        while self.stage < len(self.recipe.stages):
            if not self._run_stage(began):
                return False
            self.sam.load_state_dict(self.average.state_dict())
            self.stage, self.step, self._optimiser_state = self.stage + 1, 0, None
            self.save(None)
        return True

    def save(self, optimiser: torch.optim.Optimizer | None) -> None:
        """Write state, weights, history and plot into the folder of the run."""
        out = self.settings.out
        state = {
            "format": checkpoint.FORMAT,
            "shape": shape_facts(self.recipe.shape),
            "terms": self._terms(),
            "model": self.sam.state_dict(),
            "average": self.average.state_dict(),
            "heads": self.heads.state_dict(),
            "optimiser": optimiser.state_dict() if optimiser else None,
            "stage": self.stage,
            "step": self.step,
            "seconds": self._seconds,
            "history": self.history,
        }
        checkpoint.save(out / checkpoint.STATE_NAME, state)
        checkpoint.save_weights(out / checkpoint.WEIGHTS_NAME, self.average, self.recipe.shape)
        (out / "history.json").write_text(json.dumps(self.history), encoding="utf-8")
        plots.draw_history(self.history, out / "history.png")

    def _run_stage(self, began: float) -> bool:
        """Run what is left of a stage; False if the sitting ended first."""
        stage = self.recipe.stages[self.stage]
        self.sam.image_encoder.freeze(
            stage.frozen, depthwise=stage.fixed_depthwise, statistics=stage.fixed_statistics
        )
        optimiser = schedule.optimiser_for(stage, self.sam, self.heads)
        if self._optimiser_state is not None:
            optimiser.load_state_dict(self._optimiser_state)
        stepper = self._stepper(stage)
        meter, rate = schedule.Meter(), 0.0
        clock = self.settings.clock
        last = looked = saved = clock()
        for batch in self._stream(stage.plan):
            progress = self._progress(stage)
            if progress >= 1:
                self._look(meter, rate)
                return True
            rate = schedule.set_rate(optimiser, stage, progress)
            meter.add(self._learn(optimiser, stepper, batch))
            self.step += 1
            now = clock()
            self._seconds[self.stage] += now - last
            last = now
            self.settings.say(self._line(stage, progress), False)
            is_over = schedule.is_over(now - began, self.settings.sitting_minutes)
            if is_over or now - looked >= self.recipe.look_every_s:
                self._look(meter, rate)
                last = looked = clock()
            if is_over or now - saved >= self.recipe.save_every_s:
                self.save(optimiser)
                last = saved = clock()
            if is_over:
                return False
        return True

    def _learn(
        self,
        optimiser: torch.optim.Optimizer,
        stepper: Callable[[Batch], Iterator[Outcome]],
        batch: Batch,
    ) -> dict[str, torch.Tensor]:
        """Take one step of the optimiser, and of the average."""
        optimiser.zero_grad(set_to_none=True)
        facts: dict[str, torch.Tensor] = {}
        for outcome in stepper(batch.to(self._device)):
            outcome.loss.backward()  # type: ignore[no-untyped-call]  # as torch declares it
            facts = outcome.facts
        learned = [p for group in optimiser.param_groups for p in group["params"]]
        torch.nn.utils.clip_grad_norm_(learned, CLIP_NORM)
        optimiser.step()
        schedule.move_average(self.average, self.sam, self.step)
        return facts

    def _stepper(self, stage: Stage) -> Callable[[Batch], Iterator[Outcome]]:
        """Return what turns a batch into losses, in the mode that the stage needs."""
        self.sam.train(stage.kind != "decoder")
        self.sam.prompt_encoder.train()
        if stage.kind == "dense":
            return self._dense
        if stage.kind == "joint":
            return lambda batch: self._joint(stage, batch)
        pool: deque[tuple[Batch, torch.Tensor]] = deque(maxlen=stage.pooled)
        source = self._batches(stage.plan)
        for step in range(max(0, self.step - stage.pooled), self.step):
            pool.append(self._embedded(source[step].to(self._device)))
        return lambda batch: self._pooled(stage, batch, pool)

    def _dense(self, batch: Batch) -> Iterator[Outcome]:
        with self._precision():
            outcome = DenseStep()(self.sam, self.heads, batch)
        yield outcome

    def _joint(self, stage: Stage, batch: Batch) -> Iterator[Outcome]:
        step = PromptStep(stage.rounds, stage.weights)
        with self._precision():
            embeddings = self.sam.image_encoder(normalise(self.sam, batch.images))
            outcome = step(self.sam, embeddings, batch, self._chance(PROMPT_STREAM))
        yield outcome

    def _pooled(
        self, stage: Stage, batch: Batch, pool: deque[tuple[Batch, torch.Tensor]]
    ) -> Iterator[Outcome]:
        """Learn from some of the embeddings that were kept; each batch's share at a time."""
        pool.append(self._embedded(batch))
        rng = np.random.default_rng([self.settings.seed, self.stage, self.step, POOL_STREAM])
        drawn = rng.choice(len(pool), min(stage.drawn, len(pool)), replace=False)
        step, chance = PromptStep(stage.rounds, stage.weights), self._chance(PROMPT_STREAM)
        for place in drawn:
            with self._precision():
                outcome = step(self.sam, pool[place][1], pool[place][0], chance)
            yield Outcome(outcome.loss / len(drawn), outcome.facts)

    def _embedded(self, batch: Batch) -> tuple[Batch, torch.Tensor]:
        with torch.no_grad(), self._precision():
            embeddings: torch.Tensor = self.sam.image_encoder(normalise(self.sam, batch.images))
        return batch, embeddings

    def _look(self, meter: schedule.Meter, rate: float) -> None:
        """Record means since the last look, and the average's answers on validation pictures."""
        record = {
            "minutes": sum(self._seconds) / 60,
            "stage": float(self.stage),
            "step": float(self.step),
            "rate": rate,
            **meter.take(),
        }
        if self.looks is not None:
            with self._precision():
                record |= self.looks(self.average, self.heads, self.recipe.stages[self.stage].kind)
        self.history.append(record)
        self.settings.say(_words(record), True)

    def _terms(self) -> str:
        """Return a hash of all that must not change between sittings."""
        said = repr((self.recipe, self._mixture, self.settings.seed))
        return hashlib.sha256(said.encode("utf-8")).hexdigest()

    def _line(self, stage: Stage, progress: float) -> str:
        return f"{stage.kind} step {self.step} {progress:6.1%} {sum(self._seconds) / 60:.1f} min"

    def _progress(self, stage: Stage) -> float:
        if self.settings.minutes is None:
            return self.step / stage.steps
        allowed = self.settings.minutes * 60 * stage.time_share
        return self._seconds[self.stage] / allowed

    def _stream(self, plan: Plan) -> Iterator[Batch]:
        is_pinned = self._device.type == "cuda"
        return self._batches(plan).stream(self.step, self.settings.workers, is_pinned=is_pinned)

    def _batches(self, plan: Plan) -> Batches:
        return Batches(self._library, self._mixture, plan, (self.settings.seed, self.stage))

    def _chance(self, stream: int) -> torch.Generator:
        return schedule.chance_of(self.settings.seed, self.stage, self.step, stream, self._device)

    def _precision(self) -> torch.autocast:
        return torch.autocast(self._device.type, torch.bfloat16, enabled=self.settings.is_bfloat)

    def _placed(self, sam: Sam) -> Sam:
        return sam.to(self._device, memory_format=torch.channels_last)


def _words(record: dict[str, float]) -> str:
    return "  ".join(f"{name} {number:.4g}" for name, number in record.items())
