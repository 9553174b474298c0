#include "bpf_words.h"

#include "base/chars.h"
#include "base/net.h"

/* Words that libpcap's scanner knows wherever they stand. */
static const char *const keywords[] = {
	"host", "net", "port", "portrange", "mask", "gateway", "proto", "protochain", "src", "dst", "and", "or", "not",
	"inbound", "outbound", "broadcast", "multicast", "less", "greater", "len", "length", "byte", "on", "ifname",
	"ether", "link", "fddi", "tr", "wlan", "ip", "ip6", "arp", "rarp", "aarp", "decnet", "atalk", "iso", "stp", "ipx",
	"netbeui", "lat", "moprc", "mopdl", "sca", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "igrp", "pim", "vrrp",
	"carp", "ah", "esp", "esis", "es-is", "isis", "is-is", "clnp", "l1", "l2", "iih", "lsp", "snp", "csnp", "psnp",
	"vlan", "mpls", "pppoed", "pppoes", "geneve", "ppp", "slip", "lane", "llc", "radio",
	"type", "subtype", "direction", "dir", "addr1", "addr2", "addr3", "addr4", "ra", "ta",
	"icmptype", "icmpcode", "icmp-echoreply", "icmp-unreach", "icmp-sourcequench", "icmp-redirect", "icmp-echo",
	"icmp-routeradvert", "icmp-routersolicit", "icmp-timxceed", "icmp-paramprob", "icmp-tstamp", "icmp-tstampreply",
	"icmp-ireq", "icmp-ireqreply", "icmp-maskreq", "icmp-maskreply", "icmp6type", "icmp6code",
	"tcpflags", "tcp-fin", "tcp-syn", "tcp-rst", "tcp-push", "tcp-ack", "tcp-urg", "tcp-ece", "tcp-cwr",
};

/* Words that it looks up in its own tables after certain others, and resolves anywhere else. */
static const struct { const char *after[2], *word[32]; } contexts[] = {
	{ { "type", "subtype" }, { "mgt", "ctl", "data", "assoc-req", "assoc-resp", "reassoc-req", "reassoc-resp", "probe-req",
	    "probe-resp", "beacon", "atim", "disassoc", "auth", "deauth", "ps-poll", "rts", "cts", "ack", "cf-end", "qos-data",
	    "qos" } },
	{ { "dir", "direction" }, { "nods", "tods", "fromds", "dstods" } },
	{ { "llc", "" }, { "i", "s", "u", "rr", "rnr", "rej", "ui", "ua", "disc", "sabme", "test", "xid", "frmr" } },
};

struct name_number { const char *name, *number; };

static const struct name_number services[] = {
	{ "smtp", "25" }, { "mail", "25" }, { "lmtp", "24" }, { "submission", "587" }, { "submissions", "465" },
	{ "smtps", "465" }, { "ssmtp", "465" }, { "urd", "465" }, { "domain", "53" }, { "imap", "143" }, { "imap2", "143" },
	{ "imaps", "993" }, { "pop3", "110" }, { "pop3s", "995" }, { "sieve", "4190" }, { "http", "80" }, { "https", "443" },
	{ "ssh", "22" }, { "ftp", "21" }, { "ldap", "389" }, { "ntp", "123" }, { "syslog", "514" },
};

/* A protocol of IP is quoted, `proto \tcp`; /etc/protocols, which libpcap would read, need not be there. */
static const struct name_number protocols[] = {
	{ "icmp", "1" }, { "igmp", "2" }, { "igrp", "9" }, { "tcp", "6" }, { "udp", "17" }, { "esp", "50" }, { "ah", "51" },
	{ "icmp6", "58" }, { "pim", "103" }, { "vrrp", "112" }, { "sctp", "132" },
};

/* The colon and the backslash are in it so that addresses and quoted words are whole. */
static bool
is_word_byte(uint8_t c)
{
	return char_is_alnum(c) || c == '_' || c == '-' || c == '.' || c == ':' || c == '\\' || c == '$' || c >= 0x80;
}

static slice
take_word(slice *rest)
{
	size_t n = 0;
	slice word;

	while (n < rest->n && is_word_byte(rest->p[n]))
		n++;
	word = slice_take(*rest, n);
	*rest = slice_drop(*rest, n);
	return word;
}

static bool
is_digits(slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!char_is_digit(word.p[i]))
			return false;
	return word.n > 0;
}

static bool
is_hex(slice word, size_t most)
{
	for (size_t i = 0; i < word.n; i++)
		if (char_hex(word.p[i]) < 0)
			return false;
	return word.n > 0 && word.n <= most;
}

static bool
is_number(slice word)
{
	return is_digits(word) || (slice_istarts(word, S("0x")) && is_hex(slice_drop(word, 2), 8));
}

/* One to four numbers with dots between them: 10, 10.1, 192.0.2.1. Five would be asked of a name server. */
static bool
is_dotted(slice word)
{
	for (int i = 0; i < 4; i++) {
		slice head;

		if (!slice_cut(word, '.', &head, &word))
			return is_digits(head);
		if (!is_digits(head))
			return false;
	}
	return false;
}

/* 00:53:00:12:34:56, 00-53-00-12-34-56 */
static bool
is_ether(slice word, uint8_t between)
{
	for (int i = 0; i < 6; i++) {
		slice head;

		if (slice_cut(word, between, &head, &word) != (i < 5) || !is_hex(head, 2))
			return false;
	}
	return true;
}

/* Two numbers around one sign: 21-25 after portrange, 12:2 in brackets. */
static bool
is_pair(slice word, uint8_t between)
{
	slice first, second;

	return slice_cut(word, between, &first, &second) && is_number(first) && is_number(second);
}

static bool
is_address(slice word)
{
	struct addr addr;

	return is_dotted(word) || is_ether(word, ':') || is_ether(word, '-') || addr_parse(word, &addr);
}

static bool
is_keyword(slice word)
{
	for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
		if (slice_eq(word, slice_of(keywords[i])))
			return true;
	return false;
}

static bool
is_in_context(slice word, slice before)
{
	for (size_t i = 0; i < sizeof contexts / sizeof contexts[0]; i++)
		for (size_t j = 0; j < 32 && contexts[i].word[j] != NULL; j++)
			if (slice_eq(word, slice_of(contexts[i].word[j])))
				return slice_eq(before, slice_of(contexts[i].after[0]))
				    || slice_eq(before, slice_of(contexts[i].after[1]));
	return false;
}

static const char *
number_in(const struct name_number *list, size_t n, slice word)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(word, slice_of(list[i].name)))
			return list[i].number;
	return NULL;
}

/* What a name stands for where it stands, by our own tables; NULL: it is no such name. */
static const char *
number_of(slice word, slice before, slice context)
{
	if (slice_eq(context, S("port")))
		return number_in(services, sizeof services / sizeof services[0], word);
	if (slice_starts(word, S("\\")) && (slice_eq(before, S("proto")) || slice_eq(before, S("protochain"))))
		return number_in(protocols, sizeof protocols / sizeof protocols[0], slice_drop(word, 1));
	return NULL;
}

/* `before` is the word before it; `context` the keyword that both of `port (smtp or 26)` belong to. */
static bool
is_known(slice word, slice before, slice context, bool bracket)
{
	if (is_number(word) || is_address(word))
		return true;
	if (word.p[0] == '\\')			/* of Ethernet: libpcap has a table of its own */
		return (slice_eq(before, S("proto")) || slice_eq(before, S("protochain"))) && is_keyword(slice_drop(word, 1));
	if (slice_eq(context, S("portrange")) && is_pair(word, '-'))
		return true;
	if (bracket && is_pair(word, ':'))
		return true;
	return is_keyword(word) || is_in_context(word, before);
}

/* Does the keyword that was said before still hold? libpcap keeps it over and, or, not and numbers. */
static bool
is_joining(slice word)
{
	return slice_eq(word, S("or")) || slice_eq(word, S("and")) || slice_eq(word, S("not")) || !is_keyword(word);
}

/* Where an address or a port is due, or may be; anywhere else it is a word that nobody knows, mistyped most likely. */
static void
say_refused(slice word, slice context, struct buf *why)
{
	static const char *const due[] = { "host", "net", "port", "portrange", "gateway", "mask", "src", "dst", "proto", "protochain" };
	int n = word.n < 64 ? (int)word.n : 64;

	for (size_t i = 0; i < sizeof due / sizeof due[0]; i++)
		if (slice_eq(context, slice_of(due[i]))) {
			buf_printf(why, "names are not resolved: give the number or address of '%.*s'", n, (const char *)word.p);
			return;
		}
	buf_printf(why, "'%.*s' is no word of pcap-filter(7), and names are not resolved", n, (const char *)word.p);
}

bool
bpf_words(slice rest, struct buf *out, struct buf *why)
{
	slice before = SLICE_NONE, context = SLICE_NONE;
	int brackets = 0;

	while (rest.n > 0) {
		const char *number;
		slice word;

		if (!is_word_byte(rest.p[0]) || rest.p[0] == '-') {
			brackets += rest.p[0] == '[' ? 1 : rest.p[0] == ']' ? -1 : 0;
			buf_add_byte(out, rest.p[0]);
			rest = slice_drop(rest, 1);
			continue;
		}
		word = take_word(&rest);
		number = number_of(word, before, context);
		if (number == NULL && !is_known(word, before, context, brackets > 0)) {
			if (why != NULL)
				say_refused(word, context, why);
			return false;
		}
		buf_add(out, number != NULL ? slice_of(number) : word);
		before = word;
		if (!is_joining(word))
			context = word;
	}
	return true;
}
