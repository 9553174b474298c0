/*
 * random.c - random keys, clicks and sizes; and what must hold whatever is
 * pressed: what is not stale would be drawn as it was drawn.
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/machine.h"
#include "screen.h"

static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A key that an action has, or something typed; never what ends the screen. */
static uint32_t
random_key(uint64_t *state)
{
	static const char typed[] = "abcsmtp.rcpt.code == 5\"tls&&|!()*~\xe4";
	static const uint32_t editing[] = { KEY_RETURN, KEY_ESCAPE, KEY_TAB, KEY_RUBOUT, KEY_CURSOR_UP, KEY_CURSOR_LEFT, KEY_TAB_BACK, KEY_CONTROL('W') };
	const char *keys;
	uint32_t key;
	size_t n;

	switch (next_random(state) % 8) {
	case 0: return (uint8_t)typed[next_random(state) % (sizeof typed - 1)];
	case 1: return editing[next_random(state) % (sizeof editing / sizeof editing[0])];
	case 2: return (uint32_t)(next_random(state) % 0x3000) + 1;
	default: break;
	}
	do {
		keys = action_info((enum action)(1 + next_random(state) % (ACTIONS - 1)))->keys;
		n = strcspn(keys, " ");
		if (next_random(state) % 2 && keys[n] == ' ') {
			keys += n + 1;
			n = strcspn(keys, " ");
		}
		key = key_parse(keys, n);
	} while (key == 'Q' || key == KEY_CONTROL('C'));
	return key;
}

static void
print_difference(slice before, slice after)
{
	slice one, other;

	for (int y = 0; before.n > 0 || after.n > 0; y++) {
		slice_cut(before, '\n', &one, &before);
		slice_cut(after, '\n', &other, &after);
		if (!slice_eq(one, other))
			printf("line %d:\n|%.*s\n|%.*s\n", y, (int)one.n, (const char *)one.p, (int)other.n, (const char *)other.p);
	}
}

/* What is not stale would be drawn as it was drawn; and drawing changes nothing. */
static void
check_drawing(struct screen *s)
{
	struct buf before, after;

	if (app_is_stale(s->app))
		app_draw(s->app, s->canvas);
	if (app_is_stale(s->app))
		return;				/* drawing alone told it that there is more to do */
	buf_init(&before, 4 * MiB);
	buf_init(&after, 4 * MiB);
	canvas_print(s->canvas, &before, true);
	app_draw(s->app, s->canvas);
	canvas_print(s->canvas, &after, true);
	if (!slice_eq(buf_slice(&before), buf_slice(&after))) {
		print_difference(buf_slice(&before), buf_slice(&after));
		fflush(stdout);
		complain(s, "drawn otherwise, though nothing was said to have changed", SLICE_NONE);
	}
	buf_fini(&before);
	buf_fini(&after);
}

static void
random_step(struct screen *s, uint64_t *state)
{
	struct mouse m = { .kind = (enum mouse_kind)(next_random(state) % 4) };

	switch (next_random(state) % 40) {
	case 0:
		canvas_resize(s->canvas, (int)(next_random(state) % 220) + 1, (int)(next_random(state) % 70) + 1);
		app_draw(s->app, s->canvas);
		break;
	case 1: case 2:
		m.x = (int)(next_random(state) % (unsigned)s->canvas->width);
		m.y = (int)(next_random(state) % (unsigned)s->canvas->height);
		app_mouse(s->app, &m);
		break;
	default:
		app_key(s->app, random_key(state));
	}
	fulfil(s, true);
	s->over = false;			/* `q` in the list: never mind */
	if (next_random(state) % 4)
		app_work(s->app, machine_steady() + NSTIME_MS);
	if (next_random(state) % 3)
		app_draw(s->app, s->canvas);
	if (next_random(state) % 16 == 0)
		check_drawing(s);
}

/* Files that random keys name are written nowhere but here, and only if here was nothing; they run no programs, and print nothing. */
static struct save *
save_here(void *self, struct model *model, const struct save_request *request, struct buf *why)
{
	struct screen *s = self;

	if (strchr(request->path, '/') == NULL && s->real.save != NULL && s->may_save)
		return s->real.save(s->real.self, model, request, why);
	buf_text(why, "not here");
	return NULL;
}

static int
save_work(void *self, struct save **save, nstime until, unsigned *percent, struct buf *said)
{
	struct screen *s = self;

	return s->real.save_work(s->real.self, save, until, percent, said);
}

static void
save_stop(void *self, struct save **save)
{
	struct screen *s = self;

	s->real.save_stop(s->real.self, save);
}

static void
print_nothing(void *self, struct model *model, const uint32_t *item, size_t n)
{
	(void)self;
	(void)model;
	(void)item;
	(void)n;
}

static int
no_pipe(void *self, const char *command, int *fd)
{
	(void)self;
	(void)command;
	*fd = -1;
	return -1;
}

void
press_random(struct screen *s, uint64_t seed, int keys)
{
	uint64_t state = seed * 2654435761u + 88172645463325252u;

	s->may_save |= folder_is_empty(".");
	s->host = (struct host){ s, save_here, save_work, save_stop, print_nothing, no_pipe, NULL };
	for (int n = keys; n > 0; n--)
		random_step(s, &state);
	s->host = s->real;
	printf("* random keys done\n");
}
