/*
 * keys.h - bytes from a terminal, as keys.
 *
 * No terminal is needed: bytes go in, keys and the mouse come out. What the
 * terminal's entry says of its keys is learned with keys_learn(); beside that,
 * the sequences in which all of today's terminals agree (ECMA-48 CSI and SS3,
 * as DEC, xterm, rxvt and the Linux console use them) are known. A sequence
 * that is not known does nothing: no part of it is taken for a key.
 *
 * ESC is a key and the beginning of sequences. Alone, it is a key after
 * KEYS_ESCAPE; with something behind it, it is a sequence, which on a slow line
 * may take KEYS_SEQUENCE to arrive.
 */
#ifndef KEYS_H
#define KEYS_H

#include "tui/action.h"
#include "base/nstime.h"
#include "base/slice.h"

#define KEYS_ESCAPE		(25 * NSTIME_MS)
#define KEYS_SEQUENCE		(200 * NSTIME_MS)
#define KEYS_PASTE		(3 * NSTIME_S)		/* a paste is over when nothing came for so long, even if its end was lost */
#define KEYS_DOUBLE_CLICK	(400 * NSTIME_MS)

enum { KEYS_HELD = 1024, KEYS_LEARNED = 48, KEYS_LONGEST = 16 };

struct keys {
	uint8_t held[KEYS_HELD];	/* bytes that are no key yet */
	size_t n;
	nstime arrived;			/* when the last of them did */
	nstime escape;			/* how long a lone ESC waits for more; KEYS_ESCAPE unless it is set */
	bool pasting;			/* between the marks of a bracketed paste */
	bool in_string;			/* in an answer of the terminal that nobody asked for */
	struct { uint8_t bytes[KEYS_LONGEST]; size_t n; uint32_t key; } learned[KEYS_LEARNED];
	size_t nlearned;
	struct { nstime time; int x, y; } click;	/* the last one; time 0: none */
};

void keys_init(struct keys *);
void keys_learn(struct keys *, const char *bytes, uint32_t key);	/* NULL, or not beginning with ESC: no matter */
size_t keys_room(const struct keys *);					/* how many bytes it can take */
void keys_feed(struct keys *, slice, nstime now);
/* The next key, or KEY_NOTHING: there is none yet. KEY_SPECIAL: the mouse. `now` is the machine's clock, ns. */
uint32_t keys_next(struct keys *, nstime now, struct mouse *mouse_r);
/* When held bytes become a key by themselves, or NSTIME_NONE. */
nstime keys_due(const struct keys *);

#endif
