/*
 * tnef_text.h - the charsets of TNEF: numbers of Windows' code pages.
 */
#ifndef MIME_TNEF_TEXT_H
#define MIME_TNEF_TEXT_H

#include "base/slice.h"

enum { TNEF_LABEL = 24, TNEF_CODEPAGE = 1252 };		/* room for a name; where nothing is said */

/* What a code page is called in mail: "windows-1252". */
slice tnef_charset(uint32_t codepage, char label[TNEF_LABEL]);

#endif
