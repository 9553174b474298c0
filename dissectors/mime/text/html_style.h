/*
 * html_style.h - what a style attribute says of whether its element is seen.
 */
#ifndef MIME_HTML_STYLE_H
#define MIME_HTML_STYLE_H

#include "base/slice.h"

enum {
	STYLE_HIDES = 1,		/* display:none, visibility:hidden, opacity:0, max-height:0, and all that is in it */
	STYLE_TINY = 2,			/* font-size:0 or 1px: but for what is in it and has a size of its own */
	STYLE_SIZED = 4			/* another font size */
};

unsigned style_read(slice style);
/* Calls back for what stands in each "url(…)". */
void style_urls(slice style, void (*url)(void *self, slice reference), void *self);

#endif
