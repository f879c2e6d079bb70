"""The gallery: a static web page in which every model of the zoo runs in the visitor's browser, by LiteRT.js.

`make gallery` builds it: this package exports the models and writes what the page reads, and `src/` is the page.
"""
