"""Pure functions on masks: numpy and pycocotools, no Django."""
