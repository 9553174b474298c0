#include "explain.h"

#include "base/words.h"

enum { HANGING = 2 };

static void
say_name(struct sheet *s, const struct explained *e, int x, int right)
{
	const struct finding_info *info = finding_info(e->finding);

	sheet_words(s, sheet_severity(info->severity), severity_name(info->severity));
	sheet_words(s, STYLE_PLAIN, " ");
	sheet_words(s, STYLE_TITLE, info->id);
	sheet_end_line(s, x, HANGING, right);
	if (e->detail.n > 0) {
		sheet_say_links(s, STYLE_PLAIN, e->detail, sheet_tells_hosts(e->finding, e->detail), e->live_links);
		sheet_end_line(s, x, 0, right);
	}
}

static void
say_evidence(struct sheet *s, const struct explained *e, int x, int right)
{
	char number[WORDS_NUMBER];

	if (e->packet == 0)
		return;
	sheet_words(s, STYLE_DIM, "Packet ");
	sheet_words(s, STYLE_DIM, words_number(e->packet, number));
	sheet_words(s, STYLE_DIM, e->dir == DIR_CLIENT ? ", client's byte " : ", server's byte ");
	sheet_words(s, STYLE_DIM, words_number(e->offset, number));
	sheet_end_line(s, x, HANGING, right);
}

/* What it means, and where it is written. */
static void
say_meaning(struct sheet *s, const struct finding_info *info, bool said, int x, int right)
{
	bool has_reference = info->reference[0] != '\0';

	if (!said)
		sheet_words(s, STYLE_PLAIN, info->seen);
	if (has_reference) {
		sheet_words(s, STYLE_DIM, said ? "See " : " (");
		sheet_words(s, STYLE_DIM, info->reference);
		sheet_words(s, STYLE_DIM, said ? "" : ")");
	}
	if (!said || has_reference)
		sheet_end_line(s, x, 0, right);
}

void
explain_finding(struct sheet *s, const struct explained *e, int x, int right, unsigned said)
{
	const struct finding_info *info = finding_info(e->finding);
	bool meaning = e->detail.n == 0 || slice_eq(e->detail, slice_of(info->seen));

	if (!(said & EXPLAINED_NAME))
		say_name(s, e, x, right);
	say_meaning(s, info, (said & EXPLAINED_MEANING) != 0 || (meaning && e->detail.n > 0), x, right);
	if (info->todo[0] != '\0') {
		sheet_words(s, STYLE_GOOD, "→ ");
		sheet_words(s, STYLE_PLAIN, info->todo);
		sheet_end_line(s, x, HANGING, right);
	}
	if (!(said & EXPLAINED_PLACE))
		say_evidence(s, e, x, right);
}
