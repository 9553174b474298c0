#include "reply_words.h"

#include "base/chars.h"

static const struct { int code; const char *words; } codes[] = {
	{ 211, "status or help" }, { 214, "help" }, { 220, "ready" }, { 221, "good bye: the connection closes" },
	{ 235, "authenticated" }, { 250, "done" }, { 251, "the user is elsewhere, and the mail goes there" },
	{ 252, "not verified, but mail will be tried" }, { 334, "go on with the authentication" },
	{ 354, "go on with the content, up to a line with a dot" },
	{ 421, "the service is not available: the connection closes" }, { 432, "the password must be changed first" },
	{ 450, "the mailbox is not available now" }, { 451, "a local error: try later" }, { 452, "not enough room: try later" },
	{ 454, "not available now: TLS, or authentication" }, { 455, "parameters cannot be met now" },
	{ 500, "the command is not known" }, { 501, "a syntax error in the parameters" }, { 502, "the command is not implemented" },
	{ 503, "not in this place: a command must come first" }, { 504, "the parameter is not implemented" },
	{ 521, "this host takes no mail" }, { 523, "encryption is needed" }, { 530, "authentication or TLS must come first" },
	{ 534, "the mechanism is too weak" }, { 535, "the credentials are wrong" }, { 538, "the mechanism needs encryption" },
	{ 550, "the mailbox is not available, or not allowed" }, { 551, "the user is elsewhere: send it there" },
	{ 552, "it takes more room than there is" }, { 553, "the address is not allowed" }, { 554, "the transaction failed" },
	{ 555, "a parameter of MAIL or RCPT is not known" }, { 556, "that domain takes no mail" },
};

/* By subject and detail, as the registry has them. */
static const struct { slice code; const char *words; } enhanced_codes[] = {
	{ SLICE("1.0"), "about an address; nothing more is told" }, { SLICE("1.1"), "no such mailbox" }, { SLICE("1.2"), "no such domain, or it takes no mail" },
	{ SLICE("1.3"), "the recipient's address is malformed" }, { SLICE("1.4"), "the address matches several recipients" },
	{ SLICE("1.5"), "the recipient's address is valid" }, { SLICE("1.6"), "the mailbox has moved, and nobody knows where" },
	{ SLICE("1.7"), "the sender's address is malformed" }, { SLICE("1.8"), "the sender's domain does not exist, or takes no mail" },
	{ SLICE("1.9"), "relayed to a system that does not confirm delivery" }, { SLICE("1.10"), "the recipient's domain says that it takes no mail (null MX)" },
	{ SLICE("2.0"), "about the mailbox; nothing more is told" }, { SLICE("2.1"), "the mailbox is disabled" }, { SLICE("2.2"), "the mailbox is full" },
	{ SLICE("2.3"), "the message is longer than the mailbox may take" }, { SLICE("2.4"), "the mailing list could not be expanded" },
	{ SLICE("3.0"), "about the receiving system; nothing more is told" }, { SLICE("3.1"), "the system's storage is full" },
	{ SLICE("3.2"), "the system takes no mail now" }, { SLICE("3.3"), "the system lacks a feature that is asked for" },
	{ SLICE("3.4"), "the message is too big for the system" }, { SLICE("3.5"), "the system is configured wrongly" },
	{ SLICE("3.6"), "the priority was changed" },
	{ SLICE("4.0"), "about network or routing; nothing more is told" }, { SLICE("4.1"), "the next host does not answer" },
	{ SLICE("4.2"), "the connection broke" }, { SLICE("4.3"), "a directory (the DNS for one) failed" },
	{ SLICE("4.4"), "no route to the next host" }, { SLICE("4.5"), "the system is congested" },
	{ SLICE("4.6"), "a routing loop: the message goes around" }, { SLICE("4.7"), "it was too old: delivery was given up" },
	{ SLICE("5.0"), "about the protocol; nothing more is told" }, { SLICE("5.1"), "the command is not valid here" },
	{ SLICE("5.2"), "a syntax error" }, { SLICE("5.3"), "too many recipients" }, { SLICE("5.4"), "the command's arguments are not valid" },
	{ SLICE("5.5"), "the wrong version of the protocol" }, { SLICE("5.6"), "a line of the authentication is too long" },
	{ SLICE("6.0"), "about the content; nothing more is told" }, { SLICE("6.1"), "the kind of content is not taken" },
	{ SLICE("6.2"), "a conversion is needed, and forbidden" }, { SLICE("6.3"), "a conversion is needed, and not available" },
	{ SLICE("6.4"), "converted, with loss" }, { SLICE("6.5"), "the conversion failed" }, { SLICE("6.6"), "the content is not to be had" },
	{ SLICE("6.7"), "addresses that are not ASCII are not allowed here" }, { SLICE("6.8"), "the reply would need UTF-8, which the client did not allow" },
	{ SLICE("6.9"), "a header in UTF-8 cannot go to a recipient" }, { SLICE("6.10"), "a header in UTF-8 cannot go on" },
	{ SLICE("7.0"), "about security or policy; nothing more is told" }, { SLICE("7.1"), "not authorized: policy refused the message" },
	{ SLICE("7.2"), "the sender may not write to this list" }, { SLICE("7.3"), "a secure conversion is needed, and not possible" },
	{ SLICE("7.4"), "a security feature is not supported" }, { SLICE("7.5"), "cryptography failed" },
	{ SLICE("7.6"), "a cryptographic algorithm is not supported" }, { SLICE("7.7"), "the message was changed on its way" },
	{ SLICE("7.8"), "the credentials are wrong" }, { SLICE("7.9"), "the mechanism is too weak" }, { SLICE("7.10"), "encryption is needed" },
	{ SLICE("7.11"), "the mechanism needs encryption" }, { SLICE("7.12"), "the password must be changed first" },
	{ SLICE("7.13"), "the account is disabled" }, { SLICE("7.14"), "the systems do not trust each other" },
	{ SLICE("7.15"), "the priority is too low" }, { SLICE("7.16"), "too big for its priority" },
	{ SLICE("7.17"), "the mailbox has another owner now" }, { SLICE("7.18"), "the domain has another owner now" },
	{ SLICE("7.19"), "it could not be tested whether the owner changed" }, { SLICE("7.20"), "no DKIM signature holds" },
	{ SLICE("7.21"), "no DKIM signature is acceptable" }, { SLICE("7.22"), "no DKIM signature of the author's domain holds" },
	{ SLICE("7.23"), "SPF: the sending host is not allowed" }, { SLICE("7.24"), "SPF could not be checked" },
	{ SLICE("7.25"), "the client's address has no matching name (reverse DNS)" }, { SLICE("7.26"), "several checks of the sender failed" },
	{ SLICE("7.27"), "the sender's domain says that it takes no mail (null MX)" }, { SLICE("7.28"), "a flood of mail" },
	{ SLICE("7.29"), "the ARC chain does not hold" }, { SLICE("7.30"), "TLS was required all the way, and is not supported" },
};

const char *
reply_code_words(int code)
{
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (codes[i].code == code)
			return codes[i].words;
	return NULL;
}

/* RFC 3463 2: class "." subject "." detail, the last two of up to three digits. False: it is none. */
static bool
parse_enhanced(slice s, slice *enhanced_r)
{
	size_t dots = 0, n = 0;

	for (; n < s.n && (char_is_digit(s.p[n]) || s.p[n] == '.'); n++)
		dots += s.p[n] == '.';
	*enhanced_r = slice_take(s, n);
	return dots == 2 && n >= 5 && n <= 9 && s.p[1] == '.' && (s.p[0] == '2' || s.p[0] == '4' || s.p[0] == '5')
	    && (n == s.n || s.p[n] == ' ');
}

const char *
reply_enhanced_words(slice enhanced)
{
	slice code;

	if (!parse_enhanced(enhanced, &code))
		return NULL;
	for (size_t i = 0; i < sizeof enhanced_codes / sizeof enhanced_codes[0]; i++)
		if (slice_eq(slice_drop(code, 2), enhanced_codes[i].code))
			return enhanced_codes[i].words;
	return NULL;
}

static bool
parse_code(slice line, int *code_r)
{
	uint64_t code;

	if (line.n < 3 || !slice_number(slice_take(line, 3), &code))
		return false;
	*code_r = (int)code;
	return line.n == 3 || line.p[3] == ' ' || line.p[3] == '-';
}

bool
reply_words_say(struct buf *out, slice line)
{
	slice enhanced;
	const char *words;
	int code;
	bool any = false;

	if (!parse_code(line, &code))
		return false;
	words = reply_code_words(code);
	if (words != NULL) {
		buf_printf(out, "%d: %s", code, words);
		any = true;
	}
	words = parse_enhanced(slice_drop(line, 4), &enhanced) ? reply_enhanced_words(enhanced) : NULL;
	if (words != NULL) {
		buf_add(out, any ? S("; ") : S(""));
		buf_add(out, enhanced);
		buf_printf(out, ": %s", words);
		any = true;
	}
	return any;
}
