/* The filter made from ports: there is one for all frames that can be read, and the kernel takes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "capture/live/filter.h"
#include "decode/decode.h"

enum { MOST_PORTS = 64, MOST_LINKTYPES = 400 };

static struct port_filter filter;

static bool
passes(const char *frame, size_t n)
{
	return bpf_filter(filter.insn, (const u_char *)frame, (u_int)n, (u_int)n) != 0;
}

/*
 * A kernel whose net.core.optmem_max is 20,480 bytes, as it was before 6.8, has room for 2,560 of its own instructions; of a load
 * it makes up to ten.
 */
static unsigned
cost(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < filter.n; i++)
		n += BPF_CLASS(filter.insn[i].code) == BPF_LD && BPF_MODE(filter.insn[i].code) == BPF_IND ? 8 : 1;
	return n;
}

static void
for_all_link_types(void **state)
{
	uint16_t port[MOST_PORTS];

	(void)state;
	for (uint16_t i = 0; i < MOST_PORTS; i++)
		port[i] = (uint16_t)(i * 1000 + 25);
	for (int linktype = 0; linktype < MOST_LINKTYPES; linktype++)
		for (size_t n = 0; n <= MOST_PORTS; n = n * 8 + 1) {
			assert_int_equal(port_filter_make(&filter, linktype, port, n, 65535), decode_linktype_known(linktype));
			if (!decode_linktype_known(linktype))
				break;
			assert_true(bpf_validate(filter.insn, (int)filter.n));
			assert_in_range(cost(), 1, 2560);
		}
}

static const char syn[] =
    "\2\0\0\0\0\1\2\0\0\0\0\2\x08\x00"
    "\x45\0\0\x28\0\1\0\0\x40\x06\0\0\xc0\0\2\1\xc0\0\2\2"
    "\xc0\0\0\x19\0\0\0\1\0\0\0\0\x50\2\xff\xff\0\0\0\0";

static void
by_port(void **state)
{
	static const struct { uint16_t port; bool passes; } cases[] = {
		{ 25, true }, { 0xc000, true }, { 26, false }, { 24, false }, { 0, false }, { 0x1900, false }
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_true(port_filter_make(&filter, 1, &cases[i].port, 1, 100));
		assert_int_equal(passes(syn, sizeof syn - 1), cases[i].passes);
	}
	assert_true(port_filter_make(&filter, 1, NULL, 0, 100));
	assert_true(passes(syn, sizeof syn - 1));
}

/* What ends before it can be told passes nowhere, and nothing is read behind its end. */
static void
cut_short(void **state)
{
	const uint16_t port = 25;

	(void)state;
	assert_true(port_filter_make(&filter, 1, &port, 1, 100));
	for (size_t n = 0; n < 14 + 20 + 4; n++)
		assert_false(passes(syn, n));
	assert_true(passes(syn, 14 + 20 + 4));
	assert_int_equal(bpf_filter(filter.insn, (const u_char *)syn, sizeof syn - 1, sizeof syn - 1), 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(for_all_link_types), cmocka_unit_test(by_port), cmocka_unit_test(cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
