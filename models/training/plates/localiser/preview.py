"""Draws a sheet of training pictures with their labels: python preview.py OUT.png [ROWS]"""
import sys, time
import cv2, numpy as np
from train import composer
c = composer(seed=5, bank=300)
t = time.time(); rows = int(sys.argv[2]) if len(sys.argv) > 2 else 3
S = [c.sample() for _ in range(rows * 5)]
print("ms per picture", 1000 * (time.time() - t) / len(S))
out = []
for img, plates, blank in S:
    img = img.copy()
    for b in blank:
        cv2.rectangle(img, (int(b[0]), int(b[1])), (int(b[0] + b[2]), int(b[1] + b[3])), (0, 0, 255), 1)
    for q, two, tone, hidden in plates:
        cv2.polylines(img, [np.int32(np.round(q))], True, (0, 255, 0) if not hidden > .5 else (255, 0, 255), 1)
    out.append(img)
cv2.imwrite(sys.argv[1], np.vstack([np.hstack(out[i:i + 5]) for i in range(0, len(out), 5)])[..., ::-1])
