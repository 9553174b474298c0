/*
 * stat_rate.c - sessions and messages over packet time, as bars.
 */
#include "stat_parts.h"

#include <stdio.h>

#include "base/words.h"

/* Places of the rate that one column shows, and columns that one place takes. */
struct scale { size_t places, columns; };

enum { RATE_LABEL = 10, CHART = 4 };	/* columns of the names; lines of the highest bars */

static struct scale
rate_scale(const struct stat_page *p)
{
	size_t room = (size_t)(p->width > RATE_LABEL + 8 ? p->width - RATE_LABEL - 2 : 6), n = p->f->nrate;
	struct scale s = { (n + room - 1) / room, 1 };

	if (s.places == 1 && n > 0)
		s.columns = room / n < 4 ? room / n : 4;
	return s;
}

static struct figures_rate
rate_of(const struct figures *f, const struct scale *s, size_t column)
{
	struct figures_rate sum = { 0 };

	for (size_t i = column * s->places; i < (column + 1) * s->places && i < f->nrate; i++) {
		sum.sessions += f->rate[i].sessions;
		sum.messages += f->rate[i].messages;
		sum.refused += f->rate[i].refused;
	}
	return sum;
}

enum series { SERIES_MESSAGES, SERIES_REFUSED, SERIES_SESSIONS, SERIES };
static const struct { const char *name; int height; enum style style; } series[SERIES] = {
	{ "messages", CHART, STYLE_GOOD }, { "refused", 1, STYLE_BAD }, { "sessions", 2, STYLE_INFO },
};

static uint32_t
value_of(const struct figures_rate *r, enum series which)
{
	return which == SERIES_MESSAGES ? r->messages : which == SERIES_REFUSED ? r->refused : r->sessions;
}

static uint32_t
series_most(const struct stat_page *p, enum series which)
{
	struct scale s = rate_scale(p);
	uint32_t most = 0;

	for (size_t i = 0; s.places > 0 && i * s.places < p->f->nrate; i++) {
		struct figures_rate r = rate_of(p->f, &s, i);

		most = value_of(&r, which) > most ? value_of(&r, which) : most;
	}
	return most;
}

int
stat_rate_lines(const struct stat_page *p)
{
	int n = 1;

	if (p->f->nrate == 0)
		return 0;
	for (enum series i = 0; i < SERIES; i++)
		if (series_most(p, i) > 0)
			n += series[i].height;
	return n > 1 ? n : 0;
}

/* The part of a column that stands in the line so many above the ground. */
static void
draw_rate_line(const struct stat_page *p, enum series which, int above, uint32_t most, struct area line)
{
	struct scale s = rate_scale(p);

	for (size_t i = 0; i * s.places < p->f->nrate; i++) {
		struct figures_rate r = rate_of(p->f, &s, i);
		uint32_t value = value_of(&r, which);
		int eighths = (int)((double)value * series[which].height * 8 / most + 0.5), here;

		if (value > 0 && eighths == 0)
			eighths = 1;
		here = eighths - 8 * above > 8 ? 8 : eighths - 8 * above;
		if (here > 0)
			canvas_fill(line, RATE_LABEL + (int)(i * s.columns), 0, (int)s.columns, 1, 0x2580u + (uint32_t)here,
			    series[which].style);
	}
}

static void
draw_rate_time(const struct stat_page *p, struct area line)
{
	const struct figures *f = p->f;
	struct scale s = rate_scale(p);
	nstime end = f->rate_start + (nstime)f->nrate * f->rate_width;
	int width = (int)((f->nrate + s.places - 1) / s.places * s.columns);
	char text[NSTIME_TEXT];

	canvas_words(line, RATE_LABEL, 0, STYLE_DIM, nstime_utc(f->rate_start, f->rate_width < NSTIME_S, text));
	nstime_utc(end, f->rate_width < NSTIME_S, text);
	if (width > 42)
		canvas_right(line, RATE_LABEL, 0, width, STYLE_DIM, slice_of(text));
}

void
stat_rate_draw(const struct stat_page *p, int n, struct area line)
{
	char text[WORDS_NUMBER + 16], digits[WORDS_NUMBER];

	for (enum series i = 0; i < SERIES; i++) {
		uint32_t most = series_most(p, i);

		if (most == 0)
			continue;
		if (n < series[i].height) {
			draw_rate_line(p, i, series[i].height - 1 - n, most, line);
			if (n == series[i].height - 1)
				canvas_words(line, 1, 0, series[i].style, series[i].name);
			else if (n == 0) {
				snprintf(text, sizeof text, "%s", words_number(most, digits));
				canvas_right(line, 1, 0, RATE_LABEL - 2, STYLE_DIM, slice_of(text));
			}
			return;
		}
		n -= series[i].height;
	}
	draw_rate_time(p, line);
}

void
stat_rate_head(const struct stat_page *p, struct area line)
{
	char text[64], wait[NSTIME_TEXT];
	struct scale s = rate_scale(p);
	nstime width = p->f->rate_width * (nstime)s.places;

	if (width % (3600 * NSTIME_S) == 0)
		snprintf(text, sizeof text, " a bar: %lld h ", (long long)(width / (3600 * NSTIME_S)));
	else if (width % (60 * NSTIME_S) == 0)
		snprintf(text, sizeof text, " a bar: %lld min ", (long long)(width / (60 * NSTIME_S)));
	else
		snprintf(text, sizeof text, " a bar: %s ", when_wait(width, wait));
	canvas_right(line, 14, 0, line.width - 16, STYLE_DIM, slice_of(text));
}
