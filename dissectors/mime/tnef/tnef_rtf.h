/*
 * tnef_rtf.h - RTF as MAPI packs it (MS-OXRTFCP), as a stream. It grows to
 * eight and a half times its size at most.
 *
 * BUGS: its CRC is not looked at; the attribute around it has a sum of its own.
 */
#ifndef MIME_TNEF_RTF_H
#define MIME_TNEF_RTF_H

#include "base/slice.h"

enum { TNEF_RTF_WINDOW = 4096 };

struct tnef_rtf {
	void *self;
	void (*bytes)(void *self, slice);
	uint8_t state;
	uint8_t head[16];
	uint8_t nhead;
	uint8_t flags, nflags;		/* what the next tokens are; how many of them are left */
	uint8_t first;			/* byte of a reference */
	bool packed;			/* else it stands there as it is */
	bool done, broken;
	uint32_t left;			/* of the text: of what is announced, so much is still to come */
	uint16_t at;			/* in the window; the text that is not told ends there */
	uint16_t told;
	uint8_t window[TNEF_RTF_WINDOW];
};

void tnef_rtf_init(struct tnef_rtf *, void *self, void (*bytes)(void *self, slice));
void tnef_rtf_feed(struct tnef_rtf *, slice);

#endif
