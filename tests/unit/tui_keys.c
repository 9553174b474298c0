/* Bytes of a terminal, as keys: whole, one by one as on a slow line, broken off, and at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "tui/terminal/keys.h"

#define FAR (3600 * NSTIME_S)

/* A key as a word: its character, <number of a special one>, A- with Alt, P- pasted, {x,y} the mouse. */
static void
name_key(struct buf *out, uint32_t key, const struct mouse *mouse)
{
	static const char kinds[] = "cdUD";		/* click, double, wheel */

	if (key == KEY_SPECIAL) {
		buf_printf(out, "{%c%d,%d}", kinds[mouse->kind], mouse->x, mouse->y);
		return;
	}
	if (key & KEY_ALT)
		buf_text(out, "A-");
	if (key & KEY_PASTED)
		buf_text(out, "P-");
	key &= ~(uint32_t)(KEY_ALT | KEY_PASTED);
	if (key > KEY_SPECIAL)
		buf_printf(out, "<%d>", (int)(key - KEY_SPECIAL));
	else if (key > ' ' && key < 127)
		buf_add_byte(out, (uint8_t)key);
	else
		buf_printf(out, "(%x)", key);
}

static void
take_all(struct keys *k, nstime now, struct buf *out)
{
	struct mouse mouse;
	uint32_t key;

	while ((key = keys_next(k, now, &mouse)) != KEY_NOTHING)
		name_key(out, key, &mouse);
}

struct row { slice bytes; const char *keys; };

#define UP "<1>"
#define DOWN "<2>"
#define LEFT "<3>"
#define RIGHT "<4>"
#define PGUP "<5>"
#define PGDN "<6>"
#define HOME "<7>"
#define END "<8>"
#define ERASE "<9>"
#define BACKTAB "<10>"

static const struct row rows[] = {
	{ S("jk\r\n\t \177\b\3"), "jk(d)(d)(9)(20)(7f)(7f)(3)" },
	{ S("\0a"), "a" },
	{ S("\33"), "(1b)" },
	{ S("\33\33"), "(1b)(1b)" },
	{ S("\33[A\33[B\33[D\33[C"), UP DOWN LEFT RIGHT },
	{ S("\33OA\33OB\33OD\33OC\33OH\33OF"), UP DOWN LEFT RIGHT HOME END },
	{ S("\33[1;5A\33[1;2C\33O5C\33[1;3D"), UP RIGHT RIGHT LEFT },
	{ S("\33[5~\33[6~\33[1~\33[4~\33[7~\33[8~\33[3~\33[2~\33[H\33[F\33[Z"), PGUP PGDN HOME END HOME END ERASE HOME END BACKTAB },
	{ S("\33OP\33OQ\33OR\33OS\33[15~\33[17~\33[18~\33[19~\33[20~\33[21~"), "<11><12><13><14><15><16><17><18><19><20>" },
	{ S("\33[11~\33[12~\33[13~\33[14~\33[[A\33[[E\33[1;2P"), "<11><12><13><14><11><15><11>" },
	{ S("\33OM\33Oq\33Oy"), "(d)19" },
	/* what is not known does nothing, whole */
	{ S("\33[99~x\33[1;2;3;4yz\33[Iq\33[O"), "xzq" },
	{ S("\33[?1;2cj\33[>0;276;0ck"), "jk" },
	{ S("\33[12;5\rj"), "(d)j" },
	{ S("\33]11;rgb:0000/0000/0000\33\\j\33]0;x\7k\33P1$r\33\\l"), "jkl" },
	/* Alt, in one piece */
	{ S("\33x\33\177"), "A-xA-(7f)" },
	{ S("\33\303\244"), "A-(e4)" },
	{ S("\33\33[A"), UP },
	/* UTF-8; half a character and bytes that are none do nothing */
	{ S("\303\244\346\265\213\360\237\230\200"), "(e4)(6d4b)(1f600)" },
	{ S("a\377b\303"), "ab" },
	{ S("\355\240\200x\300\200y"), "xy" },
	/* the mouse */
	{ S("\33[<0;5;7M\33[<0;5;7m"), "{c4,6}" },
	{ S("\33[<0;5;7M\33[<0;5;7m\33[<0;5;7M\33[<0;5;7M"), "{c4,6}{d4,6}{c4,6}" },
	{ S("\33[<0;5;7M\33[<0;6;7M"), "{c4,6}{c5,6}" },
	{ S("\33[<64;1;1M\33[<65;1;1M\33[<68;1;1M\33[<2;1;1M\33[<35;1;1M"), "{U0,0}{D0,0}{U0,0}" },
	{ S("\33[M !!\33[M#!!\33[M`!\"j"), "{c0,0}{U0,1}j" },
	{ S("\33[<0;0;1M\33[<0;99999999999999999999;1Mj\33[M \1\1k"), "jk" },
	/* pasted */
	{ S("\33[200~Qa\tb\r\nc\3\33x\303\244\33[201~j"), "P-QP-aP-(20)P-bP-(d)P-(d)P-cP-(e4)j" },
};

static void
test_rows(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 65536);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (int way = 0; way < 2; way++) {
			struct keys k;
			nstime now = FAR;

			keys_init(&k);
			buf_clear(&out);
			if (way == 0) {
				keys_feed(&k, rows[i].bytes, now);
				take_all(&k, now, &out);
			} else {	/* one by one, as fast as a line may be and slower than nobody types */
				for (size_t at = 0; at < rows[i].bytes.n; at++, now += 5 * NSTIME_MS) {
					keys_feed(&k, slice_take(slice_drop(rows[i].bytes, at), 1), now);
					take_all(&k, now, &out);
				}
			}
			take_all(&k, now + KEYS_SEQUENCE, &out);
			take_all(&k, now + 2 * KEYS_SEQUENCE, &out);
			buf_add_byte(&out, 0);
			if (strcmp((char *)out.p, rows[i].keys) != 0)
				fail_msg("row %zu, way %d: %s, not %s", i, way, (char *)out.p, rows[i].keys);
			assert_int_equal(keys_due(&k), NSTIME_NONE);
		}
	buf_fini(&out);
}

static void
test_escape(void **state)
{
	struct keys k;
	struct mouse mouse;

	(void)state;
	keys_init(&k);
	assert_int_equal(keys_due(&k), NSTIME_NONE);
	keys_feed(&k, S("\33"), FAR);
	assert_int_equal(keys_due(&k), FAR + KEYS_ESCAPE);
	assert_int_equal(keys_next(&k, FAR + KEYS_ESCAPE - 1, &mouse), KEY_NOTHING);
	assert_int_equal(keys_next(&k, FAR + KEYS_ESCAPE, &mouse), KEY_ESCAPE);
	/* A sequence that has begun has more time. */
	keys_feed(&k, S("\33["), FAR);
	assert_int_equal(keys_next(&k, FAR + KEYS_SEQUENCE - 1, &mouse), KEY_NOTHING);
	keys_feed(&k, S("A"), FAR + KEYS_SEQUENCE - 1);
	assert_int_equal(keys_next(&k, FAR + KEYS_SEQUENCE - 1, &mouse), KEY_CURSOR_UP);
	/* Alt and [ */
	keys_feed(&k, S("\33["), FAR);
	assert_int_equal(keys_next(&k, FAR + KEYS_SEQUENCE, &mouse), KEY_ALT | '[');
	/* Clicks that are far apart */
	keys_feed(&k, S("\33[<0;1;1M"), FAR);
	assert_int_equal(keys_next(&k, FAR, &mouse), KEY_SPECIAL);
	keys_feed(&k, S("\33[<0;1;1M"), FAR + KEYS_DOUBLE_CLICK + 1);
	assert_int_equal(keys_next(&k, FAR + KEYS_DOUBLE_CLICK + 1, &mouse), KEY_SPECIAL);
	assert_int_equal(mouse.kind, MOUSE_CLICK);
	/* A paste of which the end was lost does not swallow keys for ever. */
	keys_feed(&k, S("\33[200~a"), FAR);
	assert_int_equal(keys_next(&k, FAR, &mouse), KEY_PASTED | 'a');
	keys_feed(&k, S("j"), FAR + KEYS_PASTE + 1);
	assert_int_equal(keys_next(&k, FAR + KEYS_PASTE + 1, &mouse), 'j');
}

static void
test_learned(void **state)
{
	struct keys k;
	struct mouse mouse;

	(void)state;
	keys_init(&k);
	keys_learn(&k, "\33J", KEY_PAGE_DOWN);
	keys_learn(&k, "\33[A", KEY_TOP);
	keys_learn(&k, "\33[Ax", KEY_BOTTOM);
	keys_learn(&k, "j", KEY_F_1);
	keys_learn(&k, NULL, KEY_F_1);
	keys_learn(&k, "", KEY_F_1);
	keys_learn(&k, "\33aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", KEY_F_1);
	keys_feed(&k, S("\33J\33[Ax\33[Aj\33a"), FAR);
	assert_int_equal(keys_next(&k, FAR, &mouse), KEY_PAGE_DOWN);
	assert_int_equal(keys_next(&k, FAR, &mouse), KEY_BOTTOM);
	assert_int_equal(keys_next(&k, FAR, &mouse), KEY_TOP);
	assert_int_equal(keys_next(&k, FAR, &mouse), 'j');
	assert_int_equal(keys_next(&k, FAR, &mouse), KEY_ALT | 'a');
	for (int i = 0; i < 100; i++)
		keys_learn(&k, "\33zz", KEY_F_2);
}

/* Bytes at random, however they come: it always goes on, holds nothing for ever, and what it tells is a key. */
static void
test_random(void **state)
{
	uint32_t seed = 20261121;
	struct keys k;
	struct mouse mouse;
	nstime now = FAR;

	(void)state;
	keys_init(&k);
	for (int i = 0; i < 300000; i++) {
		static const char likely[] = "\33\33\33[[O<;;0123M~]PA\\\7\303\244";
		uint8_t bytes[8];
		size_t n = 0;
		uint32_t key;

		do {
			seed = seed * 1664525 + 1013904223;
			bytes[n++] = seed >> 30 ? (uint8_t)likely[(seed >> 16) % (sizeof likely - 1)] : (uint8_t)(seed >> 16);
		} while (n < sizeof bytes && seed >> 8 & 3);
		if (n <= keys_room(&k))
			keys_feed(&k, (slice){ bytes, n }, now);
		now += seed >> 4 & 1 ? NSTIME_MS : 30 * NSTIME_MS;
		for (int told = 0; (key = keys_next(&k, now, &mouse)) != KEY_NOTHING; told++) {
			assert_in_range(told, 0, KEYS_HELD);
			key &= ~(uint32_t)(KEY_ALT | KEY_PASTED);
			assert_true(key < KEYS_END && (key < 0x110000 || key >= KEY_SPECIAL));
			if (key == KEY_SPECIAL)
				assert_true(mouse.x >= 0 && mouse.y >= 0 && mouse.x < 10000 && mouse.y < 10000);
		}
		assert_true(keys_room(&k) > 0);
	}
	now += 10 * NSTIME_S;
	while (keys_next(&k, now, &mouse) != KEY_NOTHING)
		;
	keys_next(&k, now, &mouse);
	assert_int_equal(keys_due(&k), NSTIME_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows), cmocka_unit_test(test_escape), cmocka_unit_test(test_learned), cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
