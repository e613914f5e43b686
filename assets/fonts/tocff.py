"""Rewrites a TrueType font with CFF outlines.

The desk's text library reads every TrueType glyph into points when a font is loaded, 45 MB for two weights of a Chinese
font, but a CFF glyph only when it is drawn. The fonts beside this script were made with it, from the TrueType files of
Noto Sans SC 2.004 that the subset came in:

    pip install fonttools==4.68.0 && python tocff.py NotoSansSC-Regular.ttf NotoSansSC-Regular.otf
"""
import sys

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.qu2cuPen import Qu2CuPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

TOLERANCE = 0.5  # of 1000 units to the em: a hundredth of a pixel at the desk's sizes

src, dst = sys.argv[1:]
font = TTFont(src)
glyphs, widths = font.getGlyphSet(), font["hmtx"].metrics
charstrings = {}
for name in font.getGlyphOrder():
    pen = T2CharStringPen(widths[name][0], None)
    glyphs[name].draw(Qu2CuPen(pen, TOLERANCE, all_cubic=True))
    charstrings[name] = pen.getCharString()
order = font.getGlyphOrder()
for tag in ("glyf", "loca", "gasp"):
    if tag in font:
        del font[tag]
font.sfntVersion = "OTTO"
fb = FontBuilder(font=font)
fb.isTTF = False
names = font["name"]
ps = names.getDebugName(6)
fb.setupCFF(ps, {"FullName": names.getDebugName(4) or ps}, charstrings, {})
fb.setupMaxp()
fb.font.setGlyphOrder(order)
fb.font.save(dst)
