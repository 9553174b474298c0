#include "date.h"

#include "base/chars.h"

enum { NOT_SEEN = -1, YEAR_FIRST = 1900, YEAR_LAST = 2261 };	/* what nstime holds, whole years */

struct parser {
	slice rest;
	int64_t year;
	int month, day, hour, minute, second;
	nstime fraction;
	int zone;		/* minutes east */
	bool has_zone, has_year;
	bool pm, am;
};

struct number { int64_t value; size_t digits; };

static const char *const months[] = {
	"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
};
/* As programs write them that ask the system for the name: German, French, Spanish, Italian, Portuguese, Dutch. */
static const struct { const char *name; int month; } foreign[] = {
	{ "mrz", 3 }, { "mai", 5 }, { "okt", 10 }, { "dez", 12 }, { "fev", 2 }, { "avr", 4 }, { "juil", 7 }, { "ene", 1 }, { "abr", 4 },
	{ "ago", 8 }, { "dic", 12 }, { "gen", 1 }, { "mag", 5 }, { "giu", 6 }, { "lug", 7 }, { "set", 9 }, { "ott", 10 }, { "out", 10 },
	{ "mrt", 3 }, { "mei", 5 },
};
static const char *const days[] = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };

/*
 * RFC 5322 4.3, and names that mean one thing only. Any other name, military
 * letters included, is UTC: the RFC says that nobody knows.
 */
static const struct { const char *name; int hours; } zones[] = {
	{ "est", -5 }, { "edt", -4 }, { "cst", -6 }, { "cdt", -5 }, { "mst", -7 }, { "mdt", -6 }, { "pst", -8 }, { "pdt", -7 },
	{ "cet", 1 }, { "cest", 2 }, { "met", 1 }, { "mest", 2 }, { "mez", 1 }, { "mesz", 2 }, { "bst", 1 }, { "west", 1 },
	{ "eet", 2 }, { "eest", 3 }, { "msk", 3 }, { "jst", 9 }, { "kst", 9 }, { "hkt", 8 }, { "sgt", 8 },
	{ "aest", 10 }, { "aedt", 11 }, { "awst", 8 }, { "nzst", 12 }, { "nzdt", 13 },
};

static uint8_t
peek(const struct parser *p)
{
	return p->rest.n > 0 ? p->rest.p[0] : 0;
}

/* Blanks and comments; of comments that nest only the depth is kept. An open one takes all. */
static void
skip_space(struct parser *p)
{
	size_t depth = 0;

	while (p->rest.n > 0) {
		uint8_t c = peek(p);

		if (c == '(')
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (depth > 0 && c == '\\')
			p->rest = slice_drop(p->rest, 1);
		else if (depth == 0 && !char_is_blank(c) && c != '\r' && c != '\n')
			return;
		p->rest = slice_drop(p->rest, 1);
	}
}

/* At most nine digits count; a longer number is none (digits 0), and is taken. */
static struct number
take_number(struct parser *p)
{
	struct number n = { 0, 0 };

	while (char_is_digit(peek(p))) {
		if (n.digits < 9)
			n.value = n.value * 10 + (peek(p) - '0');
		n.digits++;
		p->rest = slice_drop(p->rest, 1);
	}
	if (n.digits > 9)
		n = (struct number){ 0, 0 };
	return n;
}

static slice
take_letters(struct parser *p)
{
	size_t n = 0;
	slice word;

	while (n < p->rest.n && char_is_alpha(p->rest.p[n]))
		n++;
	word = slice_take(p->rest, n);
	p->rest = slice_drop(p->rest, n);
	return word;
}

/* Three letters or more of a full name: its index, or NOT_SEEN. */
static int
name_index(slice word, const char *const *names, int n)
{
	for (int i = 0; i < n; i++) {
		if (word.n >= 3 && slice_istarts(slice_of(names[i]), word))
			return i;
	}
	return NOT_SEEN;
}

/* "+0100", "+01:00", "+1"; the sign was seen. */
static bool
take_offset(struct parser *p, int sign)
{
	struct number n = take_number(p), minutes = { 0, 0 };

	if (n.digits > 0 && n.digits <= 2 && peek(p) == ':') {
		p->rest = slice_drop(p->rest, 1);
		minutes = take_number(p);
	} else if (n.digits > 2) {
		minutes.value = n.value % 100;
		n.value /= 100;
	}
	if (n.digits == 0 || n.digits > 4 || n.value > 99 || minutes.value > 59)
		return false;
	p->zone = sign * (int)(n.value * 60 + minutes.value);
	p->has_zone = true;
	return true;
}

static bool
take_zone_name(struct parser *p, slice word)
{
	if (p->has_zone)		/* "-0500 EST": the number counts */
		return true;
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
		if (slice_ieq(word, slice_of(zones[i].name)))
			p->zone = zones[i].hours * 60;
	}
	/* "GMT+0100" goes on with its number, which then counts. */
	p->has_zone = peek(p) != '+' && peek(p) != '-';
	return word.n <= 5;
}

static int
month_index(slice word)
{
	int month = name_index(word, months, 12);

	for (size_t i = 0; month == NOT_SEEN && i < sizeof foreign / sizeof *foreign; i++) {
		if (slice_ieq(word, slice_of(foreign[i].name)))
			month = foreign[i].month - 1;
	}
	return month;
}

/* "Fr,", "Dom,": what stands first and before a comma is a day, in whatever language. */
static bool
is_first(const struct parser *p)
{
	return peek(p) == ',' && p->day == 0 && p->month == 0 && !p->has_year && p->hour == NOT_SEEN;
}

static bool
take_word(struct parser *p)
{
	slice word = take_letters(p);
	int month = month_index(word);

	if (peek(p) == '.')		/* "Nov." */
		p->rest = slice_drop(p->rest, 1);
	if (month != NOT_SEEN && p->month == 0) {
		p->month = month + 1;
		return true;
	}
	if (name_index(word, days, 7) != NOT_SEEN || is_first(p))
		return true;
	if (p->hour == NOT_SEEN)	/* RFC 3339's T, ordinals */
		return slice_ieq(word, S("t")) || slice_ieq(word, S("st")) || slice_ieq(word, S("nd")) || slice_ieq(word, S("rd"))
		    || slice_ieq(word, S("th")) || slice_ieq(word, S("sept"));
	if (slice_ieq(word, S("am")) || slice_ieq(word, S("pm"))) {
		p->am = char_lower(word.p[0]) == 'a';
		p->pm = !p->am;
		return true;
	}
	if (slice_eq(word, S("m")) && peek(p) == '=') {		/* "m=+1.5": Go's monotonic clock, the last thing that it prints */
		p->rest = slice_drop(p->rest, p->rest.n);
		return true;
	}
	return take_zone_name(p, word);
}

static void
take_fraction(struct parser *p)
{
	nstime unit = NSTIME_S / 10;

	p->rest = slice_drop(p->rest, 1);
	for (; char_is_digit(peek(p)); p->rest = slice_drop(p->rest, 1)) {
		p->fraction += (peek(p) - '0') * unit;
		unit /= 10;
	}
}

/* The hour was taken, a ':' (or '.', as some write it) follows; blanks and comments may stand around it (RFC 5322 4.3). */
static bool
take_time(struct parser *p, struct number hour)
{
	uint8_t mark = peek(p);
	struct number n;

	p->rest = slice_drop(p->rest, 1);
	skip_space(p);
	n = take_number(p);
	if (hour.digits == 0 || hour.value > 23 || n.digits == 0 || n.value > 59 || p->hour != NOT_SEEN)
		return false;
	p->hour = (int)hour.value;
	p->minute = (int)n.value;
	skip_space(p);
	if (peek(p) != mark)
		return true;
	p->rest = slice_drop(p->rest, 1);
	skip_space(p);
	n = take_number(p);
	p->second = (int)n.value;
	if (mark == ':' && peek(p) == '.' && p->rest.n > 1 && char_is_digit(p->rest.p[1]))
		take_fraction(p);
	return n.digits > 0 && n.value <= 60;	/* a leap second */
}

/* RFC 5322 4.3: two digits from 50 on, and three, are of the last century. */
static int64_t
full_year(struct number n)
{
	if (n.digits == 2)
		return n.value + (n.value < 50 ? 2000 : 1900);
	return n.digits == 3 ? n.value + 1900 : n.value;
}

/* RFC 3339, the year was taken: "-11-21"; or "/11/21". */
static bool
take_iso_date(struct parser *p, struct number year)
{
	uint8_t mark = peek(p);
	struct number month, day;

	p->rest = slice_drop(p->rest, 1);
	month = take_number(p);
	if (peek(p) != mark || month.digits == 0 || month.value > 12 || p->month != 0 || p->day != 0)
		return false;
	p->rest = slice_drop(p->rest, 1);
	day = take_number(p);
	if (day.digits == 0 || day.value > 31)
		return false;
	p->year = year.value;
	p->has_year = true;
	p->month = (int)month.value;
	p->day = (int)day.value;
	return true;
}

static bool
take_digits(struct parser *p)
{
	struct number n = take_number(p);

	if (n.digits == 4 && (peek(p) == '-' || peek(p) == '/') && p->rest.n > 1 && char_is_digit(p->rest.p[1]) && p->hour == NOT_SEEN)
		return take_iso_date(p, n);
	skip_space(p);
	if (peek(p) == ':' || (peek(p) == '.' && p->month != 0 && p->hour == NOT_SEEN && n.digits <= 2 && p->has_year))
		return take_time(p, n);
	if (p->day == 0 && n.digits > 0 && n.digits <= 2 && n.value > 0 && n.value <= 31) {
		p->day = (int)n.value;
		return true;
	}
	if (p->has_year || n.digits < 2 || n.digits > 4)
		return false;
	p->year = full_year(n);
	p->has_year = true;
	return true;
}

static bool
take_some(struct parser *p)
{
	uint8_t c = peek(p);

	if (char_is_digit(c))
		return take_digits(p);
	if (char_is_alpha(c))
		return take_word(p);
	p->rest = slice_drop(p->rest, 1);
	if ((c == '+' || c == '-') && p->hour != NOT_SEEN && char_is_digit(peek(p)) && !p->has_zone)
		return take_offset(p, c == '-' ? -1 : 1);
	return c == ',' || c == '-' || c == '/';
}

static int
days_in_month(int64_t year, int month)
{
	static const int table[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : table[month - 1];
}

static bool
is_sane(struct parser *p)
{
	if (!p->has_year || p->month == 0 || p->day == 0 || p->hour == NOT_SEEN)
		return false;
	if ((p->am || p->pm) && (p->hour == 0 || p->hour > 12))
		return false;
	return p->year >= YEAR_FIRST && p->year <= YEAR_LAST && p->day <= days_in_month(p->year, p->month);
}

bool
date_parse(slice unfolded, nstime *time_r)
{
	struct parser p = { .rest = unfolded, .hour = NOT_SEEN };
	struct civil c;

	for (skip_space(&p); p.rest.n > 0; skip_space(&p)) {
		if (!take_some(&p))
			return false;
	}
	if (!is_sane(&p))
		return false;
	if (p.am || p.pm)
		p.hour = p.hour % 12 + (p.pm ? 12 : 0);
	c = (struct civil){ p.year, p.month, p.day, p.hour, p.minute, p.second };
	*time_r = nstime_from_civil(c) + p.fraction - p.zone * 60 * NSTIME_S;
	return true;
}
