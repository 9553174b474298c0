#include "verbs.h"

#include "base/chars.h"

#define NAME(text) { (const uint8_t *)(text), sizeof(text) - 1 }

/* The frequent ones first: the table is searched from its top. */
static const struct verb verbs[] = {
	/* name, id, the yes turns what follows into, last of its group, as bait, extension, positive replies */
	{ NAME("MAIL"), VERB_MAIL, TURNS_NOTHING, false, BAIT_FROM, 0, { 250 } },
	{ NAME("RCPT"), VERB_RCPT, TURNS_NOTHING, false, BAIT_TO, 0, { 250, 251, 252 } },
	{ NAME("DATA"), VERB_DATA, TURNS_CONTENT, true, BAIT_ALONE, 0, { 354 } },
	{ NAME("EHLO"), VERB_EHLO, TURNS_NOTHING, true, BAIT_WORD, 0, { 250 } },
	{ NAME("QUIT"), VERB_QUIT, TURNS_NOTHING, true, BAIT_ALONE, 0, { 221 } },
	{ NAME("RSET"), VERB_RSET, TURNS_NOTHING, false, BAIT_ALONE, 0, { 250 } },
	{ NAME("BDAT"), VERB_BDAT, TURNS_NOTHING, false, BAIT_DIGIT, EXT_CHUNKING, { 250 } },
	{ NAME("HELO"), VERB_HELO, TURNS_NOTHING, true, BAIT_WORD, 0, { 250 } },
	{ NAME("LHLO"), VERB_LHLO, TURNS_NOTHING, true, BAIT_WORD, 0, { 250 } },
	{ NAME("STARTTLS"), VERB_STARTTLS, TURNS_TLS, true, BAIT_ALONE, EXT_STARTTLS, { 220 } },
	{ NAME("AUTH"), VERB_AUTH, TURNS_AUTH, true, BAIT_NONE, EXT_AUTH, { 334, 235 } },
	{ NAME("NOOP"), VERB_NOOP, TURNS_NOTHING, true, BAIT_ALONE, 0, { 250 } },
	{ NAME("VRFY"), VERB_VRFY, TURNS_NOTHING, true, BAIT_NONE, 0, { 250, 251, 252 } },
	{ NAME("EXPN"), VERB_EXPN, TURNS_NOTHING, true, BAIT_NONE, 0, { 250, 252 } },
	{ NAME("HELP"), VERB_HELP, TURNS_NOTHING, false, BAIT_NONE, 0, { 211, 214, 250 } },
	{ NAME("ETRN"), VERB_ETRN, TURNS_NOTHING, true, BAIT_NONE, EXT_ETRN, { 250, 251, 252 } },
	{ NAME("TURN"), VERB_TURN, TURNS_ROLES, true, BAIT_NONE, 0, { 250 } },
	{ NAME("ATRN"), VERB_ATRN, TURNS_ROLES, true, BAIT_NONE, EXT_ATRN, { 250 } },
	{ NAME("BURL"), VERB_BURL, TURNS_NOTHING, false, BAIT_NONE, EXT_BURL, { 250 } },
	{ NAME("XCLIENT"), VERB_XCLIENT, TURNS_NOTHING, true, BAIT_NONE, EXT_XCLIENT, { 220, 250 } },
	{ NAME("XFORWARD"), VERB_XFORWARD, TURNS_NOTHING, false, BAIT_NONE, EXT_XFORWARD, { 250 } },
	{ NAME("X-EXPS"), VERB_X_EXPS, TURNS_AUTH, true, BAIT_NONE, EXT_X_EXPS, { 334, 235 } },
	{ NAME("X-ANONYMOUSTLS"), VERB_X_ANONYMOUSTLS, TURNS_TLS, true, BAIT_NONE, EXT_X_ANONYMOUSTLS, { 220 } },
	{ NAME("XEXCH50"), VERB_XEXCH50, TURNS_BLOB, true, BAIT_NONE, EXT_XEXCH50, { 354 } },
	{ NAME("X-LINK2STATE"), VERB_X_LINK2STATE, TURNS_NOTHING, true, BAIT_NONE, EXT_X_LINK2STATE, { 200, 250 } },
	{ NAME("XSHADOW"), VERB_XSHADOW, TURNS_NOTHING, true, BAIT_NONE, EXT_XSHADOW, { 250 } },
	{ NAME("SEND"), VERB_SEND, TURNS_NOTHING, false, BAIT_NONE, 0, { 250 } },
	{ NAME("SOML"), VERB_SOML, TURNS_NOTHING, false, BAIT_NONE, 0, { 250 } },
	{ NAME("SAML"), VERB_SAML, TURNS_NOTHING, false, BAIT_NONE, 0, { 250 } },
};

const struct verb verb_unknown = { NAME(""), VERB_UNKNOWN, TURNS_NOTHING, false, BAIT_NONE, 0, { 250 } };
const struct verb verb_end = { NAME("."), VERB_END, TURNS_NOTHING, false, BAIT_NONE, 0, { 250, 251, 252 } };
const struct verb verb_auth_step = { NAME("AUTH*"), VERB_AUTH_STEP, TURNS_AUTH, true, BAIT_NONE, 0, { 334, 235 } };

static const struct { slice keyword; uint32_t bit; } extensions[] = {
	{ NAME("PIPELINING"), EXT_PIPELINING }, { NAME("SIZE"), EXT_SIZE }, { NAME("STARTTLS"), EXT_STARTTLS },
	{ NAME("AUTH"), EXT_AUTH }, { NAME("8BITMIME"), EXT_8BITMIME }, { NAME("SMTPUTF8"), EXT_SMTPUTF8 },
	{ NAME("CHUNKING"), EXT_CHUNKING }, { NAME("BINARYMIME"), EXT_BINARYMIME }, { NAME("DSN"), EXT_DSN },
	{ NAME("DELIVERBY"), EXT_DELIVERBY }, { NAME("MT-PRIORITY"), EXT_MT_PRIORITY },
	{ NAME("FUTURERELEASE"), EXT_FUTURERELEASE }, { NAME("REQUIRETLS"), EXT_REQUIRETLS }, { NAME("ETRN"), EXT_ETRN },
	{ NAME("ATRN"), EXT_ATRN }, { NAME("XCLIENT"), EXT_XCLIENT }, { NAME("XFORWARD"), EXT_XFORWARD },
	{ NAME("BURL"), EXT_BURL }, { NAME("MTRK"), EXT_MTRK }, { NAME("X-EXPS"), EXT_X_EXPS },
	{ NAME("XEXCH50"), EXT_XEXCH50 }, { NAME("X-ANONYMOUSTLS"), EXT_X_ANONYMOUSTLS },
	{ NAME("X-LINK2STATE"), EXT_X_LINK2STATE }, { NAME("XSHADOW"), EXT_XSHADOW }, { NAME("CHECKPOINT"), EXT_CHECKPOINT },
};

static const struct { slice name; uint32_t extension; } parameters[] = {
	{ NAME("SIZE"), EXT_SIZE },			/* RFC 1870 */
	{ NAME("BODY"), EXT_8BITMIME },			/* RFC 6152; BINARYMIME: see below */
	{ NAME("SMTPUTF8"), EXT_SMTPUTF8 },		/* RFC 6531 */
	{ NAME("RET"), EXT_DSN }, { NAME("ENVID"), EXT_DSN }, { NAME("NOTIFY"), EXT_DSN }, { NAME("ORCPT"), EXT_DSN },	/* RFC 3461 */
	{ NAME("AUTH"), EXT_AUTH },			/* RFC 4954 */
	{ NAME("BY"), EXT_DELIVERBY },			/* RFC 2852 */
	{ NAME("MT-PRIORITY"), EXT_MT_PRIORITY },	/* RFC 6710 */
	{ NAME("HOLDFOR"), EXT_FUTURERELEASE }, { NAME("HOLDUNTIL"), EXT_FUTURERELEASE },	/* RFC 4865 */
	{ NAME("REQUIRETLS"), EXT_REQUIRETLS },		/* RFC 8689 */
	{ NAME("MTRK"), EXT_MTRK },			/* RFC 3885 */
	{ NAME("TRANSID"), EXT_CHECKPOINT },		/* RFC 1845 */
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

const struct verb *
verb_find(slice name)
{
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (slice_ieq(name, verbs[i].name))
			return &verbs[i];
	return &verb_unknown;
}

bool
verb_answers(const struct verb *v, int code)
{
	if (code >= 400 && code < 600)
		return true;
	for (size_t i = 0; i < COUNT(v->good) && v->good[i] != 0; i++)
		if (v->good[i] == code)
			return true;
	return false;
}

bool
verb_answers_only(const struct verb *v, int code)
{
	return code >= 200 && code < 400 && (code < 250 || code > 252) && verb_answers(v, code);
}

/* Blanks, the word, blanks, a colon: MAIL FROM: and RCPT TO: as servers take them. */
static enum looks
looks_path(slice rest, slice word)
{
	if (rest.n == 0)
		return LOOKS_MORE;
	if (!char_is_blank(rest.p[0]))
		return LOOKS_NO;
	while (rest.n > 0 && char_is_blank(rest.p[0]))
		rest = slice_drop(rest, 1);
	if (!slice_ieq(slice_take(rest, word.n), slice_take(word, rest.n)))
		return LOOKS_NO;
	rest = slice_drop(rest, word.n);
	if (rest.n == 0)
		return LOOKS_MORE;
	return rest.p[0] == ':' || char_is_blank(rest.p[0]) ? LOOKS_YES : LOOKS_NO;
}

static enum looks
looks_like(enum bait bait, slice rest)
{
	uint8_t first = rest.n > 0 ? rest.p[0] : 0;
	uint8_t second = rest.n > 1 ? rest.p[1] : 0;

	switch (bait) {
	case BAIT_NONE:
		return LOOKS_NO;
	case BAIT_FROM:
		return looks_path(rest, S("FROM"));
	case BAIT_TO:
		return looks_path(rest, S("TO"));
	case BAIT_ALONE:
		return rest.n == 0 ? LOOKS_MORE : first == '\r' || first == '\n' ? LOOKS_YES : LOOKS_NO;
	case BAIT_WORD:
		if (rest.n > 0 && !char_is_blank(first))
			return LOOKS_NO;
		return rest.n < 2 ? LOOKS_MORE : char_is_alnum(second) || second == '[' ? LOOKS_YES : LOOKS_NO;
	case BAIT_DIGIT:
		if (rest.n > 0 && !char_is_blank(first))
			return LOOKS_NO;
		return rest.n < 2 ? LOOKS_MORE : char_is_digit(second) ? LOOKS_YES : LOOKS_NO;
	}
	return LOOKS_NO;
}

enum looks
verb_looks(slice line)
{
	enum looks best = LOOKS_NO;

	for (size_t i = 0; i < COUNT(verbs); i++) {
		slice name = verbs[i].name;
		enum looks looks;

		if (verbs[i].bait == BAIT_NONE || !slice_ieq(slice_take(line, name.n), slice_take(name, line.n)))
			continue;
		looks = line.n < name.n ? LOOKS_MORE : looks_like(verbs[i].bait, slice_drop(line, name.n));
		if (looks > best)
			best = looks;
	}
	return best;
}

uint32_t
extension_find(slice keyword)
{
	for (size_t i = 0; i < COUNT(extensions); i++)
		if (slice_ieq(keyword, extensions[i].keyword))
			return extensions[i].bit;
	return 0;
}

uint32_t
extension_of_parameter(slice name, slice value)
{
	if (slice_ieq(name, S("BODY")) && slice_ieq(value, S("BINARYMIME")))
		return EXT_BINARYMIME;		/* RFC 3030 */
	for (size_t i = 0; i < COUNT(parameters); i++)
		if (slice_ieq(name, parameters[i].name))
			return parameters[i].extension;
	return 0;
}
