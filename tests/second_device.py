"""A second device for machines that have none: tensors that say they are elsewhere.

Within ``second_device()`` what is moved to "cuda", or made there, is a ``There``: its numbers lie
on the CPU, but it behaves as another device's. An operation on tensors of both raises, so does
``numpy()`` without ``cpu()``, and a buffer that was left behind is found out. What it cannot show:
kernels, their rounding and their speed. Where there is a GPU, that is used.

Importing it declares a device in this process for good, so it is for processes of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map, tree_map_only
from torch.utils.backend_registration import (
    _DummyBackendModule,
    _setup_privateuseone_for_python_backend,
)

CALLED = "cuda"
aten = torch.ops.aten
READS = (aten._local_scalar_dense.default, aten.equal.default)  # a number comes to the CPU
BRINGS = (aten._to_copy.default, aten.copy_.default)  # they alone may take tensors of both
LOOKS_UP = (aten.index.Tensor, aten.index_put_.default)  # places may be the CPU's
GENERATOR = torch.Generator


class _Module(_DummyBackendModule):
    """What torch asks the module of a device, beside what a dummy answers."""

    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.bfloat16, torch.float16]


_setup_privateuseone_for_python_backend("pretended", backend_module=_Module())
DEVICE = torch.device("pretended:0")
_autocast: Any = torch.library.Library("_", "IMPL")
_autocast.fallback(torch.library.fallthrough_kernel, "AutocastPrivateUse1")


class There(torch.Tensor):
    """A tensor on the second device; ``here`` are its numbers."""

    here: torch.Tensor

    @staticmethod
    def __new__(cls, here: torch.Tensor) -> There:  # noqa: PYI034  torch makes it, not super()
        made = torch.Tensor._make_wrapper_subclass(
            cls,
            here.shape,
            strides=here.stride(),
            storage_offset=here.storage_offset(),
            dtype=here.dtype,
            device=DEVICE,
        )
        made.here = here
        return made

    def __repr__(self, **_: Any) -> str:
        return f"There({self.here!r})"

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.here.__reduce_ex__(protocol)  # a file is read to the CPU

    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        return _run(function, args, kwargs or {})


class _Naming(TorchFunctionMode):
    """Says which "cuda" is meant, as torch would ask a driver."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        args, kwargs = tree_map(_named, (args, kwargs or {}))
        return function(*args, **kwargs)


class _Making(TorchDispatchMode):
    """Makes on the second device what is wanted there."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        everything = tree_flatten((args, kwargs))[0]
        is_meant = _is_there(kwargs.get("device")) or any(isinstance(x, There) for x in everything)
        return _run(function, args, kwargs) if is_meant else function(*args, **kwargs)


@contextmanager
def second_device() -> Iterator[None]:
    """Within it "cuda" is a device: the GPU, or one that is pretended."""
    if torch.cuda.is_available():
        yield
        return
    torch._C._set_only_lift_cpu_tensors(True)  # so that torch.tensor asks us too
    try:
        with pytest.MonkeyPatch.context() as patch, _Naming(), _Making():
            patch.setattr(torch.cuda, "_lazy_init", lambda: None)
            patch.setattr(torch.cuda, "is_available", lambda: True)
            patch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
            patch.setattr(torch.cuda, "empty_cache", lambda: None)
            patch.setattr(torch, "Generator", lambda *_: GENERATOR())
            # A subclass of tensors cannot be looked at in parts in inference mode.
            patch.setattr(torch, "inference_mode", torch.no_grad)
            yield
    finally:
        torch._C._set_only_lift_cpu_tensors(False)


def devices_of(module: torch.nn.Module) -> set[str]:
    """The types of device that parameters and buffers lie on."""
    return {one.device.type for one in (*module.parameters(), *module.buffers())}


def _named(one: Any) -> Any:
    if isinstance(one, str):
        return DEVICE if one == CALLED else one
    return DEVICE if isinstance(one, torch.device) and one.type == CALLED else one


def _is_there(device: Any) -> bool:
    return device is not None and torch.device(device).type == DEVICE.type


def _run(function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    tensors = [x for x in tree_flatten((args, kwargs))[0] if isinstance(x, torch.Tensor)]
    if function not in (*BRINGS, *LOOKS_UP):
        _refuse_both(function, tensors)
    is_there = any(isinstance(one, There) for one in tensors)
    if function is aten.copy_.default:
        is_there = isinstance(args[0], There)
    elif kwargs.get("device") is not None:
        is_there = _is_there(kwargs["device"])
        kwargs = {**kwargs, "device": torch.device("cpu")}
    bare_args, bare_kwargs = tree_map_only(There, lambda one: one.here, (args, kwargs))
    answer = function(*bare_args, **bare_kwargs)
    if function in READS or not is_there:
        return answer
    known = {id(one.here): one for one in tensors if isinstance(one, There)}

    def back(one: torch.Tensor) -> torch.Tensor:
        return known[id(one)] if id(one) in known else There(one)

    return tree_map_only(torch.Tensor, back, answer)


def _refuse_both(function: Any, tensors: list[torch.Tensor]) -> None:
    """Refuse tensors of both devices; a single number of the CPU may go along."""
    away = [one for one in tensors if isinstance(one, There)]
    home = [one for one in tensors if not isinstance(one, There) and one.dim()]
    if away and home:
        raise RuntimeError(f"Expected all tensors to be on the same device, but {function} got two")
