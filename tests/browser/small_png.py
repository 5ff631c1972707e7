"""Pictures of pages with a palette: a page has few colors, and such a file is a third of the usual one.

The browser counts and replaces the colors; here they are only written down.
"""

from __future__ import annotations

import base64
import struct
import zlib

from playwright.async_api import Page

_INDEX = """
async (address) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const { width, height } = image;
  const sheet = new OffscreenCanvas(width, height).getContext("2d");
  sheet.drawImage(image, 0, 0);
  const pixels = new Uint32Array(sheet.getImageData(0, 0, width, height).data.buffer);
  const times = new Map();
  for (const one of pixels) times.set(one, (times.get(one) || 0) + 1);
  // Of colors that can't be told apart the most frequent stands for all.
  const kinds = new Map();
  for (const [color, count] of [...times].sort((a, b) => b[1] - a[1])) {
    const kind = color & 0xf8f8f8;
    const known = kinds.get(kind);
    if (known) { known.count += count; } else { kinds.set(kind, { color, count }); }
  }
  const palette = [...kinds.values()].sort((a, b) => b.count - a.count).slice(0, 256).map((one) => one.color);
  const part = (color, shift) => (color >> shift) & 255;
  const nearest = (color) => {
    let best = 0, least = Infinity;
    palette.forEach((other, index) => {
      const [r, g, b] = [0, 8, 16].map((shift) => part(color, shift) - part(other, shift));
      const far = 3 * r * r + 4 * g * g + 2 * b * b;
      if (far < least) { least = far; best = index; }
    });
    return best;
  };
  const places = new Map([...times.keys()].map((color) => [color, nearest(color)]));
  const indexes = new Uint8Array(pixels.length);
  pixels.forEach((color, at) => { indexes[at] = places.get(color); });
  let text = "";
  for (let at = 0; at < indexes.length; at += 32768) text += String.fromCharCode(...indexes.subarray(at, at + 32768));
  const parts = palette.flatMap((one) => [0, 8, 16].map((shift) => part(one, shift)));
  return { width, height, palette: parts, indexes: btoa(text) };
}
"""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


async def with_palette(page: Page, picture: bytes) -> bytes:
    """The same picture in at most 256 colors. page: any that may load data: addresses, as about:blank."""
    found = await page.evaluate(_INDEX, f"data:image/png;base64,{base64.b64encode(picture).decode()}")
    width, height = found["width"], found["height"]
    indexes = base64.b64decode(found["indexes"])
    lines = b"".join(b"\0" + indexes[at : at + width] for at in range(0, width * height, width))
    return _SIGNATURE + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", bytes(found["palette"])),
            (b"IDAT", zlib.compress(lines, 9)),
            (b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
