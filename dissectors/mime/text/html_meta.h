/*
 * html_meta.h - the charset that HTML names itself, where its header does not.
 */
#ifndef MIME_HTML_META_H
#define MIME_HTML_META_H

#include "base/slice.h"

/*
 * The label of the first <meta charset=…>, or of the older <meta http-equiv … content="text/html; charset=…">, in the first
 * bytes of a part; empty: there is none, or it is not all there. UTF-16 is UTF-8, as it could not be read otherwise.
 */
slice html_meta_charset(slice head);

#endif
