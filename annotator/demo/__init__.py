"""The demo project of a first start: photographs with their licence, and a schema for them."""
