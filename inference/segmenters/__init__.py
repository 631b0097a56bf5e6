"""Models that cut masks out of images, behind one protocol; only this room knows torch."""
