"""Small models of transformers with fixed random weights, saved as folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CLASSES = ["bear", "grass", "sky", "rock"]
NAMES = {"id2label": dict(enumerate(CLASSES)), "label2id": {n: i for i, n in enumerate(CLASSES)}}
SIZE = {"height": 64, "width": 64}
RESNET = {"embedding_size": 8, "hidden_sizes": [8, 16, 16, 16], "depths": [1, 1, 1, 1]}
SWIN = {
    "image_size": 64, "embed_dim": 8, "depths": [1, 1, 1, 1], "num_heads": [1, 1, 2, 2],
    "window_size": 4,
}  # fmt: skip
SEEDS = {"maskformer": 3, "mask2former": 9, "detr": 12, "oneformer": 10}  # which find something
STAGES = ["stage1", "stage2", "stage3", "stage4"]


def save(kind: str, folder: Path) -> Any:
    """Write a small model of this kind with what prepares its images; returns the model."""
    from inference.segmenters.transformers_door import torch

    torch.manual_seed(SEEDS.get(kind, 11))
    model, processor = {**BUILDERS, **PROMPTED, "sam3": sam3}[kind](folder)
    sharpen(model.eval())
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return model


def sharpen(model: Any) -> None:
    """Make random weights sure of something: of a class rather than none, and of clear masks."""
    for name, weights in model.named_parameters():
        if any(head in name for head in ("class_predictor", "class_embed", "class_labels_class")):
            if name.endswith("bias"):
                weights.data[-1] = -6  # the class that is none
            else:
                weights.data.mul_(20)
        elif name.endswith("weight") and ("mask_embed" in name or "mask_head.output" in name):
            weights.data.mul_(4)
        elif "quer" in name and "embed" in name and name.endswith("weight"):
            weights.data.mul_(3)


def segformer(_folder: Path) -> tuple[Any, Any]:
    import transformers as t

    config = t.SegformerConfig(
        depths=[1, 1, 1, 1], hidden_sizes=[8, 16, 16, 32], num_attention_heads=[1, 1, 2, 2],
        decoder_hidden_size=16, **NAMES,
    )  # fmt: skip
    model = t.SegformerForSemanticSegmentation(config)
    model.decode_head.classifier.weight.data.mul_(40)
    return model, t.SegformerImageProcessor(size=SIZE)


def maskformer(_folder: Path) -> tuple[Any, Any]:
    import transformers as t

    config = t.MaskFormerConfig(
        backbone_config=t.SwinConfig(**SWIN, out_features=STAGES),
        decoder_config=t.DetrConfig(
            backbone_config=t.ResNetConfig(**RESNET), use_timm_backbone=False, d_model=32,
            decoder_layers=2, decoder_attention_heads=2, decoder_ffn_dim=32, num_queries=8,
        ),
        fpn_feature_size=32, mask_feature_size=32, num_attention_heads=2, **NAMES,
    )  # fmt: skip
    model = t.MaskFormerForInstanceSegmentation(config)
    return model, t.MaskFormerImageProcessor(size=SIZE, num_labels=len(CLASSES))


def mask2former(_folder: Path) -> tuple[Any, Any]:
    import transformers as t

    config = t.Mask2FormerConfig(
        backbone_config=t.SwinConfig(**SWIN, out_features=STAGES),
        feature_size=32, mask_feature_size=32, hidden_dim=32, encoder_feedforward_dim=32,
        dim_feedforward=32, encoder_layers=1, decoder_layers=2, num_attention_heads=2,
        num_queries=8, **NAMES,
    )  # fmt: skip
    model = t.Mask2FormerForUniversalSegmentation(config)
    return model, t.Mask2FormerImageProcessor(size=SIZE, num_labels=len(CLASSES))


def detr(_folder: Path) -> tuple[Any, Any]:
    import transformers as t

    config = t.DetrConfig(
        backbone_config=t.ResNetConfig(**RESNET, out_features=STAGES), use_timm_backbone=False,
        d_model=32, encoder_layers=1, decoder_layers=1, encoder_attention_heads=8,
        decoder_attention_heads=8, encoder_ffn_dim=32, decoder_ffn_dim=32, num_queries=8, **NAMES,
    )  # fmt: skip
    model = t.DetrForSegmentation(config)
    return model, t.DetrImageProcessor(size={"shortest_edge": 64, "longest_edge": 96})


def clip_tokenizer(folder: Path) -> Any:
    """A tokenizer of single letters, from files of our own."""
    import transformers as t

    folder.mkdir(parents=True, exist_ok=True)
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = [*letters, *(f"{letter}</w>" for letter in letters)]
    words += ["<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: at for at, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return t.CLIPTokenizer(vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"))


def oneformer(folder: Path) -> tuple[Any, Any]:
    import transformers as t

    tokenizer = clip_tokenizer(folder)
    config = t.OneFormerConfig(
        backbone_config=t.SwinConfig(**SWIN, out_features=STAGES),
        conv_dim=32, mask_dim=32, hidden_dim=32, encoder_feedforward_dim=32, encoder_layers=1,
        dim_feedforward=32, decoder_layers=2, num_attention_heads=2, num_queries=8,
        text_encoder_width=32, text_encoder_num_layers=1, text_encoder_vocab_size=len(tokenizer),
        text_encoder_context_length=40, task_seq_len=40, max_seq_len=40, text_encoder_n_ctx=2,
        query_dec_layers=1, is_training=False, **NAMES,
    )  # fmt: skip
    model = t.OneFormerForUniversalSegmentation(config)
    info = {str(at): {"name": name, "isthing": 1} for at, name in enumerate(CLASSES)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "classes.json").write_text(json.dumps(info))
    images = t.OneFormerImageProcessor(
        size=SIZE, repo_path=str(folder), class_info_file="classes.json", num_text=4,
        num_labels=len(CLASSES),
    )  # fmt: skip
    return model, t.OneFormerProcessor(images, tokenizer, max_seq_length=40, task_seq_length=40)


def _sam2_parts(t: Any, prefix: str) -> dict[str, Any]:
    """Prompt encoder and mask decoder of SAM 2 and EdgeTAM for images of 128 pixels."""
    return {
        "prompt_encoder_config": getattr(t, f"{prefix}PromptEncoderConfig")(
            hidden_size=32, image_size=128, patch_size=16, mask_input_channels=8
        ),
        "mask_decoder_config": getattr(t, f"{prefix}MaskDecoderConfig")(
            hidden_size=32, mlp_dim=32, num_attention_heads=2, iou_head_hidden_dim=32
        ),
    }


def _sam2_processor(t: Any) -> Any:
    size = {"height": 128, "width": 128}
    images = t.Sam2ImageProcessor(size=size, mask_size={"height": 32, "width": 32})
    return t.Sam2Processor(images, target_size=128)


def sam2(_folder: Path) -> tuple[Any, Any]:
    import transformers as t

    backbone = t.Sam2HieraDetConfig(
        hidden_size=8, num_attention_heads=1, image_size=[128, 128],
        blocks_per_stage=[1, 1, 2, 1], embed_dim_per_stage=[8, 16, 32, 64],
        num_attention_heads_per_stage=[1, 1, 2, 2], window_size_per_stage=[8, 4, 4, 2],
        global_attention_blocks=[3], window_positional_embedding_background_size=[4, 4],
    )  # fmt: skip
    vision = t.Sam2VisionConfig(
        backbone_config=backbone, backbone_channel_list=[64, 32, 16, 8], fpn_hidden_size=32,
        backbone_feature_sizes=[[32, 32], [16, 16], [8, 8]],
    )  # fmt: skip
    config = t.Sam2Config(vision_config=vision, **_sam2_parts(t, "Sam2"))
    return t.Sam2Model(config), _sam2_processor(t)


def edgetam(_folder: Path) -> tuple[Any, Any]:
    import transformers as t

    backbone = t.TimmWrapperConfig(
        architecture="resnet18",
        model_args={"in_chans": 3, "features_only": True, "out_indices": [1, 2, 3, 4]},
    )
    vision = t.EdgeTamVisionConfig(
        backbone_config=backbone,
        backbone_channel_list=[512, 256, 128, 64],
        backbone_feature_sizes=[[32, 32], [16, 16], [8, 8]],
        fpn_hidden_size=32,
    )
    config = t.EdgeTamConfig(vision_config=vision, **_sam2_parts(t, "EdgeTam"))
    return t.EdgeTamModel(config), _sam2_processor(t)


def sam_hq(_folder: Path) -> tuple[Any, Any]:
    import transformers as t

    vision = t.SamHQVisionConfig(
        hidden_size=16, output_channels=32, num_hidden_layers=2, num_attention_heads=2,
        image_size=128, global_attn_indexes=[1], window_size=4, num_pos_feats=16, mlp_dim=32,
        initializer_range=0.2,
    )  # fmt: skip
    config = t.SamHQConfig(
        vision_config=vision,
        prompt_encoder_config=t.SamHQPromptEncoderConfig(
            hidden_size=32, image_size=128, mask_input_channels=8
        ),
        mask_decoder_config=t.SamHQMaskDecoderConfig(
            hidden_size=32, mlp_dim=32, num_attention_heads=2, iou_head_hidden_dim=32, vit_dim=16
        ),
    )
    images = t.SamImageProcessor(
        size={"longest_edge": 128}, mask_size={"longest_edge": 32},
        pad_size={"height": 128, "width": 128}, mask_pad_size={"height": 32, "width": 32},
    )  # fmt: skip
    return t.SamHQModel(config), t.SamHQProcessor(images)


def sam3(folder: Path) -> tuple[Any, Any]:
    import transformers as t

    tokenizer = clip_tokenizer(folder)
    small = {"hidden_size": 32, "num_attention_heads": 2}
    layers = {**small, "num_layers": 1, "intermediate_size": 32}
    backbone = t.Sam3ViTConfig(
        **small, intermediate_size=64, num_hidden_layers=2, image_size=112, patch_size=14,
        window_size=4, global_attn_indexes=[1], pretrain_image_size=56,
    )  # fmt: skip
    config = t.Sam3Config(
        vision_config=t.Sam3VisionConfig(
            backbone_config=backbone, fpn_hidden_size=32,
            backbone_feature_sizes=[[32, 32], [16, 16], [8, 8]],
        ),
        text_config=t.CLIPTextConfig(
            **small, vocab_size=len(tokenizer), intermediate_size=32, num_hidden_layers=1,
            max_position_embeddings=32, projection_dim=16,
        ),
        geometry_encoder_config=t.Sam3GeometryEncoderConfig(**layers),
        detr_encoder_config=t.Sam3DETREncoderConfig(**layers),
        detr_decoder_config=t.Sam3DETRDecoderConfig(**layers, num_queries=8),
        mask_decoder_config=t.Sam3MaskDecoderConfig(**small),
    )  # fmt: skip
    images = t.Sam3ImageProcessor(size={"height": 112, "width": 112})
    return t.Sam3Model(config), t.Sam3Processor(images, tokenizer)


PROMPTED = {"sam2": sam2, "edgetam": edgetam, "sam_hq": sam_hq}
BUILDERS = {
    "segformer": segformer,
    "maskformer": maskformer,
    "mask2former": mask2former,
    "detr": detr,
    "oneformer": oneformer,
}
