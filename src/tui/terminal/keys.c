#include "keys.h"

#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

enum { ESC = 0x1b, BEL = 7 };

/* What a look at the held bytes came to. */
struct look { size_t n; uint32_t key; };		/* bytes that it takes; 0: more must arrive */

static const struct look unfinished = { 0, KEY_NOTHING };

void
keys_init(struct keys *k)
{
	memset(k, 0, sizeof *k);
	k->escape = KEYS_ESCAPE;
}

void
keys_learn(struct keys *k, const char *bytes, uint32_t key)
{
	size_t n = bytes != NULL ? strlen(bytes) : 0;

	if (n < 2 || n > KEYS_LONGEST || bytes[0] != ESC || k->nlearned == KEYS_LEARNED)
		return;
	memcpy(k->learned[k->nlearned].bytes, bytes, n);
	k->learned[k->nlearned].n = n;
	k->learned[k->nlearned++].key = key;
}

size_t
keys_room(const struct keys *k)
{
	return sizeof k->held - k->n;
}

void
keys_feed(struct keys *k, slice bytes, nstime now)
{
	CHECK(bytes.n <= keys_room(k));
	if (k->pasting && now - k->arrived > KEYS_PASTE)
		k->pasting = false;
	if (bytes.n > 0)
		memcpy(k->held + k->n, bytes.p, bytes.n);
	k->n += bytes.n;
	k->arrived = now;
}

/* The longest learned sequence at the front. */
static bool
look_learned(const struct keys *k, struct look *look)
{
	look->n = 0;
	for (size_t i = 0; i < k->nlearned; i++) {
		size_t n = k->learned[i].n;

		if (n <= k->n && n > look->n && memcmp(k->learned[i].bytes, k->held, n) == 0)
			*look = (struct look){ n, k->learned[i].key };
	}
	return look->n > 0;
}

/* By the last letter of ESC [ … or ESC O … */
static uint32_t
key_of_final(uint8_t final)
{
	switch (final) {
	case 'A':	return KEY_CURSOR_UP;
	case 'B':	return KEY_CURSOR_DOWN;
	case 'C':	return KEY_CURSOR_RIGHT;
	case 'D':	return KEY_CURSOR_LEFT;
	case 'F':	return KEY_BOTTOM;
	case 'H':	return KEY_TOP;
	case 'M':	return KEY_RETURN;		/* the key pad's */
	case 'Z':	return KEY_TAB_BACK;
	case 'P': case 'Q': case 'R': case 'S':
		return KEY_F_1 + (uint32_t)(final - 'P');
	default:
		return KEY_NOTHING;
	}
}

/* By the number of ESC [ number ~ */
static uint32_t
key_of_number(unsigned number)
{
	static const uint32_t keys[] = {
		[1] = KEY_TOP, [3] = KEY_ERASE, KEY_BOTTOM, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_TOP, KEY_BOTTOM,
		[11] = KEY_F_1, KEY_F_2, KEY_F_3, KEY_F_4, KEY_F_5, [17] = KEY_F_6, KEY_F_7, KEY_F_8, KEY_F_9, KEY_F_10,
	};

	return number < sizeof keys / sizeof keys[0] ? keys[number] : KEY_NOTHING;
}

/* Up to three numbers between semicolons; what is missing is 0. */
static void
read_numbers(slice text, unsigned number[3])
{
	size_t at = 0;

	number[0] = number[1] = number[2] = 0;
	for (; text.n > 0 && at < 3; text = slice_drop(text, 1))
		if (text.p[0] == ';')
			at++;
		else if (char_is_digit(text.p[0]) && number[at] < 10000)
			number[at] = 10 * number[at] + (unsigned)(text.p[0] - '0');
}

/* A press of the first button, or the wheel; anything else is nothing. Counts from 1. */
static uint32_t
mouse_of(struct keys *k, unsigned button, unsigned x, unsigned y, struct mouse *mouse, nstime now)
{
	enum { MODIFIERS = 4 | 8 | 16, WHEEL = 64 };

	button &= ~(unsigned)MODIFIERS;
	if (x - 1 > 9999 || y - 1 > 9999 || (button != 0 && button != WHEEL && button != WHEEL + 1))
		return KEY_NOTHING;
	*mouse = (struct mouse){ MOUSE_CLICK, (int)x - 1, (int)y - 1 };
	if (button != 0) {
		mouse->kind = button == WHEEL ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN;
	} else if (k->click.time != 0 && now - k->click.time <= KEYS_DOUBLE_CLICK
	    && k->click.x == mouse->x && k->click.y == mouse->y) {
		mouse->kind = MOUSE_DOUBLE;
		k->click.time = 0;
	} else {
		k->click.time = now;
		k->click.x = mouse->x;
		k->click.y = mouse->y;
	}
	return KEY_SPECIAL;
}

/* ESC [ [ letter: the Linux console's function keys. */
static struct look
look_console(const struct keys *k)
{
	uint8_t letter = k->held[3];

	if (k->n < 4)
		return unfinished;
	return (struct look){ 4, letter >= 'A' && letter <= 'E' ? KEY_F_1 + (uint32_t)(letter - 'A') : KEY_NOTHING };
}

/* ESC [ M and three bytes from 32 on: the mouse as it was in 1988. */
static struct look
look_old_mouse(struct keys *k, nstime now, struct mouse *mouse)
{
	if (k->n < 6)
		return unfinished;
	return (struct look){ 6, mouse_of(k, k->held[3] - 32u, k->held[4] - 32u, k->held[5] - 32u, mouse, now) };
}

/* What stands between ESC [ and the last letter, and that letter. */
static uint32_t
key_of_csi(struct keys *k, slice parameters, uint8_t final, nstime now, struct mouse *mouse)
{
	uint8_t first = parameters.n > 0 ? parameters.p[0] : 0;
	unsigned number[3];

	read_numbers(first == '<' ? slice_drop(parameters, 1) : parameters, number);
	if (first == '<')				/* the mouse as it is now; m: the button was let go */
		return final == 'M' ? mouse_of(k, number[0], number[1], number[2], mouse, now) : KEY_NOTHING;
	if (first == '?' || first == '>' || first == '=')	/* an answer that nobody asked for */
		return KEY_NOTHING;
	if (final == '~' && (number[0] == 200 || number[0] == 201))
		k->pasting = number[0] == 200;
	if (final == '~')
		return key_of_number(number[0]);
	return final == 'M' ? KEY_NOTHING : key_of_final(final);
}

/* ESC [ parameters final (ECMA-48 5.4). */
static struct look
look_csi(struct keys *k, nstime now, struct mouse *mouse)
{
	size_t n = 2;

	if (k->n > 2 && k->held[2] == '[')
		return look_console(k);
	if (k->n > 2 && k->held[2] == 'M')
		return look_old_mouse(k, now, mouse);
	while (n < k->n && k->held[n] >= 0x20 && k->held[n] <= 0x3f)
		n++;
	if (n == k->n)
		return n < sizeof k->held ? unfinished : (struct look){ n, KEY_NOTHING };
	if (k->held[n] < 0x40 || k->held[n] > 0x7e)	/* broken off by something else */
		return (struct look){ n, KEY_NOTHING };
	return (struct look){ n + 1, key_of_csi(k, (slice){ k->held + 2, n - 2 }, k->held[n], now, mouse) };
}

/* ESC O final, with numbers between where a modifier was held. */
static struct look
look_ss3(const struct keys *k)
{
	size_t n = 2;

	while (n < k->n && n < 8 && (char_is_digit(k->held[n]) || k->held[n] == ';'))
		n++;
	if (n == k->n)
		return unfinished;
	if (k->held[n] >= 'p' && k->held[n] <= 'y')	/* the key pad's digits */
		return (struct look){ n + 1, (uint32_t)('0' + k->held[n] - 'p') };
	return (struct look){ n + 1, key_of_final(k->held[n]) };
}

static struct look
look_character(const struct keys *k, size_t at)
{
	slice rest = { k->held + at, k->n - at };
	uint8_t c = rest.p[0];
	size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 1, n;
	uint32_t character;

	if (c == '\n')
		return (struct look){ at + 1, KEY_RETURN };
	if (c == '\b')
		return (struct look){ at + 1, KEY_RUBOUT };
	if (c < 0x80)
		return (struct look){ at + 1, c };
	n = utf8_take(rest, &character);
	if (character != UTF8_INVALID)
		return (struct look){ at + n, character };
	if (n == rest.n && n < need)
		return unfinished;
	return (struct look){ at + n, KEY_NOTHING };
}

static struct look
look_escape(struct keys *k, nstime now, struct mouse *mouse)
{
	struct look look;

	if (look_learned(k, &look))
		return look;
	if (k->n == 1)
		return unfinished;
	switch (k->held[1]) {
	case '[':
		return look_csi(k, now, mouse);
	case 'O':
		return look_ss3(k);
	case ']': case 'P': case '_': case '^': case 'X':	/* a string, up to BEL or ESC \ (ECMA-48 5.6) */
		if (k->n == 2)
			return unfinished;
		k->in_string = true;
		return (struct look){ 2, KEY_NOTHING };
	case ESC:	/* ESC twice; or rxvt's Alt with an arrow, of which the arrow is taken */
		if (k->n == 2)
			return unfinished;
		return (struct look){ 1, k->held[2] == '[' || k->held[2] == 'O' ? KEY_NOTHING : KEY_ESCAPE };
	default:
		look = look_character(k, 1);
		look.key |= look.key != KEY_NOTHING ? KEY_ALT : 0;
		return look;
	}
}

/* Inside a string everything is passed over up to its end, or until nothing more comes. */
static struct look
look_string(struct keys *k)
{
	for (size_t i = 0; i < k->n; i++) {
		if (k->held[i] == ESC && i + 1 == k->n)
			return (struct look){ i, KEY_NOTHING };
		if (k->held[i] == BEL || (k->held[i] == ESC && k->held[i + 1] == '\\')) {
			k->in_string = false;
			return (struct look){ i + (k->held[i] == BEL ? 1 : 2), KEY_NOTHING };
		}
	}
	return (struct look){ k->n, KEY_NOTHING };
}

static struct look
look_at(struct keys *k, nstime now, struct mouse *mouse)
{
	if (k->in_string)
		return look_string(k);
	return k->held[0] == ESC ? look_escape(k, now, mouse) : look_character(k, 0);
}

static void
forget(struct keys *k, size_t n)
{
	memmove(k->held, k->held + n, k->n - n);
	k->n -= n;
}

/* Nothing but ESC is held: nobody would wait for more of a sequence. */
static bool
is_lone(const struct keys *k)
{
	return !k->in_string && k->n > 0 && k->n <= 2 && k->held[0] == ESC && k->held[k->n - 1] == ESC;
}

nstime
keys_due(const struct keys *k)
{
	if (k->n == 0 && !k->in_string)
		return NSTIME_NONE;
	return k->arrived + (is_lone(k) ? k->escape : KEYS_SEQUENCE);
}

/* What was waited for did not come: ESC is a key, and with what stands behind it Alt; half a character is nothing. */
static uint32_t
give_up(struct keys *k)
{
	uint8_t first = k->held[0], second = k->held[1];
	bool escape = first == ESC && !k->in_string, lone = is_lone(k);

	k->in_string = false;
	if (lone) {
		forget(k, 1);
		return KEY_ESCAPE;
	}
	if (k->n == 2 && escape) {
		forget(k, 2);
		return second < 0x80 ? KEY_ALT | second : KEY_NOTHING;
	}
	forget(k, k->n);		/* a sequence or a character that broke off */
	return KEY_NOTHING;
}

/* As a part of what is pasted; control characters are not. */
static uint32_t
pasted(uint32_t key)
{
	if (key == KEY_TAB)
		key = ' ';
	return key == KEY_RETURN || (key >= ' ' && key != KEY_RUBOUT && key < UTF8_INVALID) ? KEY_PASTED | key : KEY_NOTHING;
}

uint32_t
keys_next(struct keys *k, nstime now, struct mouse *mouse)
{
	while (k->n > 0) {
		struct look look = look_at(k, now, mouse);

		if (look.n == 0)
			break;
		forget(k, look.n);
		if (k->pasting)
			look.key = pasted(look.key);
		if (look.key != KEY_NOTHING)
			return look.key;
	}
	if (keys_due(k) == NSTIME_NONE || now < keys_due(k))
		return KEY_NOTHING;
	return give_up(k);
}
