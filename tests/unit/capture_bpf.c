/* capture_bpf.c - capture filters match, by link type, and never ask a name server. */
#include "capture_build.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/ether.h>
#include <pcap/pcap.h>

#include "capture/bpf.h"

/* These stand before the C library's: every question that libpcap asks about a name comes here. */
static unsigned asked;

/* Addresses are answered, as the real one would without asking anybody. */
static struct addrinfo *
numeric(const char *node, const struct addrinfo *hints)
{
	struct { struct addrinfo info; struct sockaddr_in6 sin6; } *answer;
	struct in6_addr in6;

	if (inet_pton(AF_INET6, node, &in6) != 1 || (hints != NULL && hints->ai_family == AF_INET))
		return NULL;
	answer = xcalloc(1, sizeof *answer);
	answer->sin6.sin6_family = AF_INET6;
	answer->sin6.sin6_addr = in6;
	answer->info.ai_family = AF_INET6;
	answer->info.ai_addr = (struct sockaddr *)(void *)&answer->sin6;
	answer->info.ai_addrlen = sizeof answer->sin6;
	return &answer->info;
}

int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
	(void)service;
	*result = node != NULL ? numeric(node, hints) : NULL;
	asked += node != NULL && *result == NULL;
	return *result != NULL ? 0 : EAI_NONAME;
}

void
freeaddrinfo(struct addrinfo *info)
{
	free(info);
}

struct hostent *
gethostbyname(const char *name)
{
	(void)name;
	asked++;
	return NULL;
}

struct netent *
getnetbyname(const char *name)
{
	(void)name;
	asked++;
	return NULL;
}

int
getnetbyname_r(const char *name, struct netent *buf, char *room, size_t size, struct netent **result, int *error)
{
	(void)buf, (void)room, (void)size, (void)error;
	*result = NULL;
	return getnetbyname(name) == NULL;
}

int
ether_hostton(const char *name, struct ether_addr *addr)
{
	(void)name;
	(void)addr;
	asked++;
	return -1;
}

static const uint8_t smtp_frame[] = {
	0, 0x53, 0, 0, 0, 1, 0, 0x53, 0, 0, 0, 2, 0x08, 0x00,
	0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 198, 51, 100, 5,
	0xc0, 0x00, 0, 25, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x02, 0, 0, 0, 0, 0, 0
};

static void
test_match(void **state)
{
	static const struct { const char *expression; bool matches; } cases[] = {
		{ "", true }, { "port 25", true }, { "tcp port smtp", true }, { "port (smtp or submission)", true },
		{ "port 26", false }, { "dst port lmtp or smtp", true }, { "host 192.0.2.1", true }, { "host 192.0.2.2", false },
		{ "net 198.51.100.0/24", true }, { "net 198.51.100", true }, { "ip6", false }, { "tcp[tcpflags] & tcp-syn != 0", true },
		{ "tcp[13:1] = 2", true }, { "ip[8] < 0x20", false }, { "portrange 20-30", true }, { "not port 25", false },
		{ "ether host 00:53:00:00:00:02", true }, { "ip proto \\tcp", true }, { "less 60", true }, { "greater 60", false },
		{ "vlan and port 25", false }, { "net 2001:db8::/32", false }, { "tcp[12]&0xf0>>2=20", false },
		{ "src host 192.0.2.1 and (dst port 25 or 587)", true }, { "ether proto \\ip", true }, { "ether broadcast or ip multicast", false },
		{ "len <= 54", true },
	};
	char error[256];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bpf *bpf = bpf_new(cases[i].expression, error, sizeof error);

		if (bpf == NULL)
			fail_msg("%s: %s", cases[i].expression, error);
		if (bpf_match(bpf, 1, (slice){ smtp_frame, sizeof smtp_frame }, sizeof smtp_frame) != cases[i].matches)
			fail_msg("%s: %s", cases[i].expression, cases[i].matches ? "does not match" : "matches");
		bpf_free(&bpf);
	}
	assert_int_equal(asked, 0);
}

/* The same packet without its Ethernet header, then with one of Linux cooked v1. */
static void
test_link_types(void **state)
{
	static const int raw[] = { 101, 12, 228 };
	uint8_t cooked[16 + sizeof smtp_frame - 14] = { [14] = 0x08 };
	slice ip = { smtp_frame + 14, sizeof smtp_frame - 14 };
	char error[256];
	struct bpf *bpf = bpf_new("tcp port 25", error, sizeof error);

	(void)state;
	memcpy(cooked + 16, ip.p, ip.n);
	assert_non_null(bpf);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < COUNT(raw); i++)
			assert_true(bpf_match(bpf, raw[i], ip, ip.n));
		assert_true(bpf_match(bpf, 113, (slice){ cooked, sizeof cooked }, sizeof cooked));
		assert_false(bpf_match(bpf, 1, ip, ip.n));
		assert_false(bpf_match(bpf, 147, ip, ip.n));		/* cannot be compiled: matches nothing */
		for (int linktype = 1000; linktype < 2000; linktype++)
			assert_false(bpf_match(bpf, linktype, ip, ip.n));
	}
	bpf_free(&bpf);
}

/* The trap works: without our check libpcap would ask. */
static void
test_libpcap_would_ask(void **state)
{
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, 65535);
	struct bpf_program program;

	(void)state;
	asked = 0;
	assert_int_not_equal(pcap_compile(dead, &program, "host mail.example.com", 1, 0), 0);
	assert_int_equal(asked, 1);
	asked = 0;
	pcap_close(dead);
}

static void
test_refused(void **state)
{
	static const struct { const char *expression, *words; } cases[] = {
		{ "host mail.example.com", "names are not resolved: give the number or address of 'mail.example.com'" },
		{ "host localhost", "'localhost'" }, { "net cafe", "'cafe'" }, { "host dead:beef", "'dead:beef'" },
		{ "port gopher", "'gopher'" }, { "host smtp", "'smtp'" }, { "ether host gateway.example", "'gateway.example'" },
		{ "host 1.2.3.4.5", "'1.2.3.4.5'" }, { "host 25.", "'25.'" }, { "smtp", "'smtp' is no word of pcap-filter(7)" }, { "prt 25", "'prt' is no word" },
		{ "tcp port 25 adn host 1.2.3.4", "number or address of 'adn'" }, { "host \\tcp", "'\\tcp'" },
		{ "host 10-20", "'10-20'" }, { "portrange ftp-smtp", "'ftp-smtp'" }, { "host 0x", "'0x'" }, { "src foo", "'foo'" },
		{ "host data", "'data'" }, { "smtp.req.command == \"EHLO\"", "'smtp.req.command'" }, { "host b\xc3\xbc" "cher.example", "cher" },
		{ "port", "" }, { "tcp and", "" }, { "(port 25", "" }, { "host 1.2.3.4 host", "" }, { "port 70000", "" },
	};
	char error[256];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bpf *bpf = bpf_new(cases[i].expression, error, sizeof error);

		if (bpf != NULL)
			fail_msg("%s: was accepted", cases[i].expression);
		if (strstr(error, cases[i].words) == NULL)
			fail_msg("%s: %s", cases[i].expression, error);
		assert_null(strchr(error, '\n'));
	}
	assert_int_equal(asked, 0);
}

/* Every word that is allowed, in every place: libpcap must never ask. */
static void
test_no_word_is_asked_about(void **state)
{
	static const char *const places[] = {
		"%s", "host %s", "net %s", "port %s", "portrange %s", "src %s", "dst host %s", "ether host %s", "gateway %s", "proto %s",
		"ip proto %s", "ether proto \\%s", "type mgt subtype %s", "type %s", "dir %s", "ifname %s", "on %s", "vlan %s", "llc %s",
		"tcp[%s] = 0", "tcp[0:%s] = 0", "net %s mask 255.0.0.0", "net 10.0.0.0 mask %s", "not %s", "host 10.0.0.1 or %s",
		"port 25 or %s", "broadcast %s", "isis %s", "%s %s", "%s = 1", "len = %s", "%s host 10.0.0.1", "ip host %s", "decnet host %s",
		"protochain %s", "atalk %s", "radio %s", "less %s", "wlan addr1 %s",
	};
	static const char *const words[] = {
		"host", "net", "port", "portrange", "mask", "gateway", "proto", "protochain", "src", "dst", "and", "or", "not", "inbound",
		"outbound", "broadcast", "multicast", "less", "greater", "len", "length", "byte", "on", "ifname", "ether", "link", "fddi",
		"tr", "wlan", "ip", "ip6", "arp", "rarp", "aarp", "decnet", "atalk", "iso", "stp", "ipx", "netbeui", "lat", "moprc", "mopdl",
		"sca", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "igrp", "pim", "vrrp", "carp", "ah", "esp", "esis", "es-is", "isis",
		"is-is", "clnp", "l1", "l2", "iih", "lsp", "snp", "csnp", "psnp", "vlan", "mpls", "pppoed", "pppoes", "geneve", "ppp", "slip",
		"lane", "llc", "radio", "type", "subtype", "direction", "dir", "addr1", "addr2", "addr3", "addr4", "ra", "ta", "icmptype",
		"icmpcode", "icmp-echoreply", "icmp-unreach", "icmp-sourcequench", "icmp-redirect", "icmp-echo", "icmp-routeradvert",
		"icmp-routersolicit", "icmp-timxceed", "icmp-paramprob", "icmp-tstamp", "icmp-tstampreply", "icmp-ireq", "icmp-ireqreply",
		"icmp-maskreq", "icmp-maskreply", "icmp6type", "icmp6code", "tcpflags", "tcp-fin", "tcp-syn", "tcp-rst", "tcp-push",
		"tcp-ack", "tcp-urg", "tcp-ece", "tcp-cwr", "mgt", "ctl", "data", "beacon", "ack", "qos", "nods", "fromds", "rr", "ui", "xid",
		"25", "0x19", "10.1", "10.1.1", "10.1.1.1", "2001:db8::1", "::", "::1", "::ffff:192.0.2.1", "00:53:00:00:00:01", "0:1:2:3:4:5",
		"00-53-00-00-00-01", "1-2", "1:2", "0053.0000.0001", "99999999999999999999", "256.1.1.1", "0x123456789", "1:2:3:4:5:6:7:8",
		"smtp", "domain", "\\tcp", "\\ip", "-1", "1-", "-", ":", "\\", "$12", "_", ".", "loopback", "vxlan", "metac", "sc", "ilmic",
		"rset", "reason", "match", "action", "pass", "block", "ifindex", "hfisu", "fisu", "lssu", "sio", "opc",
	};
	char expression[128], error[256];

	(void)state;
	asked = 0;
	for (size_t i = 0; i < COUNT(places); i++)
		for (size_t j = 0; j < COUNT(words); j++) {
			struct bpf *bpf;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(expression, sizeof expression, places[i], words[j], words[j]);
#pragma GCC diagnostic pop
			bpf = bpf_new(expression, error, sizeof error);
			bpf_free(&bpf);
			if (asked > 0)
				fail_msg("'%s' was asked about", expression);
		}
}

static void
test_filter_in_a_file(void **state)
{
	uint8_t tagged[sizeof smtp_frame + 4];
	struct file_options options = { .npath = 1, .quiet = true, .filter = "port 25" };
	struct buf b;
	const char *path;
	struct run *r;

	(void)state;
	memcpy(tagged, smtp_frame, 12);
	memcpy(tagged + 12, (const uint8_t[]){ 0x81, 0, 0, 7 }, 4);
	memcpy(tagged + 16, smtp_frame + 12, sizeof smtp_frame - 12);
	buf_init(&b, MiB);
	put_pcap_header(&b, false, 0xa1b2c3d4, 65535, 1);
	put_record(&b, false, 1, 0, S("no Ethernet frame at all"), 24);
	put_record(&b, false, 1, 1, (slice){ tagged, sizeof tagged }, sizeof tagged);
	put_record(&b, false, 1, 2, (slice){ smtp_frame, sizeof smtp_frame }, sizeof smtp_frame);
	path = path_of(buf_slice(&b));
	options.path = &path;
	r = run_options(&options);
	assert_int_equal(r->n, 1);
	assert_int_equal(r->frame[0].number, 3);
	assert_int_equal(r->stats.packets, 1);
	assert_int_equal(r->stats.filtered, 2);
	assert_int_equal(r->stats.filtered_tagged, 1);
	run_free(r);
	options.filter = "host nowhere.example";
	r = run_options(&options);
	assert_int_equal(r->opened, -1);
	assert_int_equal(r->exit, 2);
	run_free(r);
	forget(path);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_link_types),
		cmocka_unit_test(test_libpcap_would_ask),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_word_is_asked_about),
		cmocka_unit_test(test_filter_in_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
