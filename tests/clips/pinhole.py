"""The camera as numbers: world metres to picture pixels and back. Axes: x right, y ahead, z up."""

import numpy as np


class Pinhole:
    """A level camera at `where`, pitched down and turned left by degrees, focal length in pixels.

    `sink` pixels of lens shift move the picture's window down without tilting the camera further.
    """

    def __init__(self, where, pitch, turn, focal, size, sink=0):
        self.where, self.pitch, self.turn, self.focal, self.size = where, pitch, turn, focal, size
        self.sink = sink
        self.centre = np.array([size[0] / 2, size[1] / 2 - sink])
        p, t = np.radians(pitch), np.radians(turn)
        right = np.array([np.cos(t), np.sin(t), 0])
        level = np.array([-np.sin(t), np.cos(t), 0])
        ahead = level * np.cos(p) - np.array([0, 0, np.sin(p)])
        self.axes = np.stack([right, np.cross(ahead, right), ahead])  # right, down, ahead
        self.place = np.array(where, float)

    def project(self, points):
        """Pixels (N, 2) and depth (N) of world points (N, 3)."""
        seen = (np.asarray(points, float) - self.place) @ self.axes.T
        depth = np.maximum(seen[:, 2], 0.05)
        return seen[:, :2] / depth[:, None] * self.focal + self.centre, depth

    def unproject(self, pixels, depth):
        """World points of pixels (N, 2) at planar depths (N)."""
        flat = (np.asarray(pixels, float) - self.centre) / self.focal
        return np.concatenate([flat, np.ones((len(flat), 1))], 1) * depth[:, None] @ self.axes + self.place

    def ground(self, pixels, z=0.0):
        """Where the rays of pixels meet the level z (world x, y; NaN above the horizon)."""
        ray = self.unproject(pixels, np.ones(len(pixels))) - self.place
        reach = (z - self.place[2]) / np.where(np.abs(ray[:, 2]) < 1e-6, 1e-6, ray[:, 2])
        reach[reach <= 0] = np.nan
        return (self.place + ray * reach[:, None])[:, :2]
