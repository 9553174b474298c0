/*
 * Any bytes as a terminal's. Oracles: fed whole and fed cut the same keys come
 * out; nothing is held for ever; what is told is a key.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "tui/terminal/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { NOW = 1000 };		/* time stands still, so that only the bytes matter */

static void
take(struct keys *k, nstime now, struct buf *told)
{
	struct mouse mouse = { MOUSE_CLICK, 0, 0 };
	uint32_t key;

	while ((key = keys_next(k, now, &mouse)) != KEY_NOTHING) {
		uint32_t bare = key & ~(uint32_t)(KEY_ALT | KEY_PASTED);

		CHECK(bare < KEYS_END && (bare < 0x110000 || bare >= KEY_SPECIAL));
		if (key == KEY_SPECIAL)
			CHECK(mouse.x >= 0 && mouse.y >= 0 && mouse.x < 10000 && mouse.y < 10000);
		buf_printf(told, "%x ", key);
		if (key == KEY_SPECIAL)
			buf_printf(told, "(%d %d %d) ", (int)mouse.kind, mouse.x, mouse.y);
	}
}

static void
feed(slice in, size_t piece, struct buf *told)
{
	struct keys k;

	keys_init(&k);
	keys_learn(&k, "\033OA", KEY_CURSOR_UP);
	keys_learn(&k, "\033[[A", KEY_F_1);
	keys_learn(&k, "\033[24~", KEY_F_10);
	while (in.n > 0) {
		slice now = slice_take(in, piece < keys_room(&k) ? piece : keys_room(&k));

		CHECK(now.n > 0);
		keys_feed(&k, now, NOW);
		take(&k, NOW, told);
		in = slice_drop(in, now.n);
	}
	for (int i = 1; i <= 4; i++)
		take(&k, NOW + i * NSTIME_S, told);
	CHECK(keys_due(&k) == NSTIME_NONE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole, cut;

	buf_init(&whole, SIZE_MAX / 2);
	buf_init(&cut, SIZE_MAX / 2);
	feed((slice){ data, size }, SIZE_MAX, &whole);
	feed((slice){ data, size }, 1, &cut);
	CHECK(slice_eq(buf_slice(&whole), buf_slice(&cut)));
	buf_clear(&cut);
	feed((slice){ data, size }, 1 + size % 7, &cut);
	CHECK(slice_eq(buf_slice(&whole), buf_slice(&cut)));
	buf_fini(&whole);
	buf_fini(&cut);
	return 0;
}
