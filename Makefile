# smtptap - build, test, install. `make help` lists the targets.

PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= gcc
BUILD   ?= build/plain
OPT     ?= -O3 -g
SANITIZE ?=
WERROR  ?= $(if $(CI),-Werror)

VERSION := 0.1.0

# make V=1 shows the whole commands.
QUIET := $(findstring s,$(firstword -$(MAKEFLAGS)))
Q     := $(if $(V),,@)
say    = $(if $(V)$(QUIET),,@printf '  %-4s %s\n' $(1) $(2))
JOBS  := -j$(shell nproc 2>/dev/null || echo 1) --no-print-directory

# Libraries: the first list must be there, the second is used when it is (header : library : Debian package).
NEED := pcap/pcap.h:pcap:libpcap-dev zlib.h:z:zlib1g-dev openssl/evp.h:crypto:libssl-dev pcre2.h:pcre2-8:libpcre2-dev ncursesw/curses.h:ncursesw:libncurses-dev seccomp.h:seccomp:libseccomp-dev
MAY  := zstd.h:zstd:libzstd-dev lz4frame.h:lz4:liblz4-dev magic.h:magic:libmagic-dev idn2.h:idn2:libidn2-dev

field   = $(word $(1),$(subst :, ,$(2)))
hash    := \#
# (pcre2.h wants to be told of which width its characters are; the others do not mind.)
present = $(shell echo '$(hash)include <$(call field,1,$(1))>' | $(CC) -E -DPCRE2_CODE_UNIT_WIDTH=8 - >/dev/null 2>&1 && echo $(1))
FOUND   := $(foreach l,$(NEED) $(MAY),$(call present,$(l)))
MISSING := $(filter-out $(FOUND),$(NEED))
HAVE    := $(foreach l,$(filter $(FOUND),$(MAY)),-DHAVE_$(shell echo $(call field,2,$(l)) | tr a-z A-Z))

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wformat=2 $(WERROR)
CPPFLAGS += -Isrc -I. -I$(BUILD) -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -DVERSION='"$(VERSION)"' $(HAVE)
# The program is optimized across its files where gcc can do it: about an eighth less CPU. Tests and tools are linked as
# they are (-fno-lto: else gcc would do it again for each of them); `make LTO=` links the program so too.
LTO  ?= $(if $(SANITIZE),,$(shell $(CC) -Werror -flto=auto -ffat-lto-objects -x c -E /dev/null >/dev/null 2>&1 && echo -flto=auto -ffat-lto-objects))
LTO  := $(LTO)
CFLAGS  += -std=c11 $(OPT) $(LTO) $(WARN) $(SANITIZE) -fstack-protector-strong -pthread
LDFLAGS += $(SANITIZE) -pthread
LDLIBS  += $(foreach l,$(FOUND),-l$(call field,2,$(l)))

SRC  := $(filter-out src/main.c,$(wildcard src/*.c src/*/*.c src/*/*/*.c dissectors/*/*.c dissectors/*/*/*.c))
OBJ  := $(SRC:%.c=$(BUILD)/%.o) $(BUILD)/registry.o
MAIN := $(BUILD)/src/main.o
LIB  := $(BUILD)/libsmtptap.a

all: smtptap ## build the program

smtptap: $(BUILD)/smtptap
	@cp -f $< $@

ifneq ($(MISSING),)
$(foreach l,$(MISSING),$(info smtptap needs $(call field,1,$(l)): install $(call field,3,$(l))))
ifneq ($(filter-out deps test-deps demo test-build test help clean uninstall,$(or $(MAKECMDGOALS),all)),)
$(error missing libraries: apt-get install $(foreach l,$(MISSING),$(call field,3,$(l))), or: make deps)
endif
endif

$(BUILD)/smtptap: $(MAIN) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(OPT) $(LTO) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Rebuilt from nothing, so that the objects of deleted files do not linger.
$(LIB): $(OBJ)
	@rm -f $@
	@$(AR) rcs $@ $^

# A library that is installed later changes what every object should be.
$(BUILD)/have: FORCE
	@mkdir -p $(@D)
	@echo '$(HAVE)' >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(BUILD)/%.o: %.c $(BUILD)/have
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The registry of dissectors: one line a folder that has a dissector.c. Moved into place only if it changed.
DISSECTORS := $(patsubst dissectors/%/dissector.c,%,$(wildcard dissectors/*/dissector.c))
$(BUILD)/registry.c: FORCE
	@mkdir -p $(@D)
	@{ echo '/* Made by the Makefile from the folders of dissectors/. */'; \
	   echo '#include "dissect/dissector.h"'; \
	   for d in $(DISSECTORS); do echo "extern const struct dissector $${d}_dissector;"; done; \
	   echo 'const struct dissector *const dissectors[] = {'; \
	   for d in $(DISSECTORS); do echo "	&$${d}_dissector,"; done; \
	   echo '	NULL'; echo '};'; } > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(BUILD)/registry.o: $(BUILD)/registry.c
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
FORCE:

# Unit tests: each tests/unit/NAME.c is a cmocka program of its own.
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))
unit: $(UNIT) ## build the unit tests
$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -fno-lto $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

# Fuzz targets: each tests/fuzz/NAME.c has LLVMFuzzerTestOneInput(); replay.c is the main that feeds it files.
FUZZ := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
replay: $(FUZZ:%=$(BUILD)/fuzz/%) ## build the fuzz targets to replay their corpora
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -fno-lto $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Tools: each tests/tools/NAME.c is a program; tests/lib/ is what they share.
TOOLS := $(patsubst tests/tools/%.c,$(BUILD)/tools/%,$(wildcard tests/tools/*.c))
TESTLIB := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/lib/*.c))
tools: $(TOOLS) ## build the tools of the tests
$(BUILD)/tools/%: $(BUILD)/tests/tools/%.o $(TESTLIB) $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -fno-lto $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIB) $(LDLIBS)
# It has a folder of its own.
$(BUILD)/tools/screen: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/tools/screen/*.c))

# Benchmarks: each tests/bench/NAME.c is a program.
BENCH := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
bench-tools: $(BUILD)/smtptap $(BENCH)
$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -fno-lto $(LDFLAGS) -o $@ $^ $(LDLIBS)


# The same again under the sanitizers.
ASAN := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
asan: ## build program, tests and tools under AddressSanitizer and UBSan
	@$(MAKE) $(JOBS) BUILD=build/asan OPT='-O1 -g' SANITIZE='$(ASAN)' build/asan/smtptap unit replay tools

# What another compiler says, without building: tests/check/clang asks clang.
syntax: $(BUILD)/registry.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -fsyntax-only $(SRC) $(wildcard src/*.c tests/*/*.c)

deps: ## install the libraries that the build needs (Debian)
	@.ci/install $(foreach l,$(MISSING),$(call field,3,$(l)))
test-deps: ## install what the tests need and the oracles that they like (Debian)
	@.ci/install $(foreach l,$(NEED) $(MAY),$(call field,3,$(l))) libcmocka-dev python3
	@.ci/install --optional tshark mandoc clang tnef gnupg tmux ncurses-bin ncurses-term logrotate python3-prometheus-client iproute2 libcap2-bin strace tcpdump
	@.ci/smtp-tools build/postfix

# First the centrepiece: a report for three recipients, pipelined; then the rest of the morning.
demo: deps ## build, and print the tour
	@$(MAKE) $(JOBS) smtptap
	@./smtptap -r captures/tour.pcapng -T text

test-build: test-deps ## build what the tests need, plain and under the sanitizers
	@$(MAKE) $(JOBS) all unit replay tools
	@$(MAKE) $(JOBS) asan
test: test-build ## build everything and run every test
	@tests/run --build build/plain --build build/asan

golden: all tools ## rewrite the expectations of the talks; read the diff
	tests/run --golden

# Each target for FUZZ_TIME seconds, its corpus first; what it finds becomes a talk or a corpus file.
FUZZ_TIME ?= 60
fuzz: ## fuzz each target for FUZZ_TIME seconds (clang)
	@$(MAKE) $(JOBS) CC=clang BUILD=build/fuzz OPT='-O1 -g' SANITIZE='$(ASAN) -fsanitize=fuzzer-no-link' build/fuzz/libsmtptap.a
	@for t in $(FUZZ); do $(MAKE) --no-print-directory CC=clang BUILD=build/fuzz OPT='-O1 -g' \
		SANITIZE='$(ASAN) -fsanitize=fuzzer-no-link' build/fuzz/target/$$t || exit 1; \
		mkdir -p build/fuzz/found/$$t; \
		build/fuzz/target/$$t -max_total_time=$(FUZZ_TIME) -artifact_prefix=build/fuzz/found/$$t- \
			build/fuzz/found/$$t $(wildcard tests/fuzz/corpus)/$$t || exit 1; done
$(BUILD)/target/%: $(BUILD)/tests/fuzz/fuzz_%.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -fno-lto $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

bench: ## measure against a bare libpcap loop
	tests/bench/run

MANDIR  ?= $(PREFIX)/share/man
UNITDIR ?= $(PREFIX)/lib/systemd/system
USERDIR ?= $(PREFIX)/lib/sysusers.d
DOCDIR  ?= $(PREFIX)/share/doc/smtptap
# The unit is not enabled, and the user not made, before somebody says so; how logs are rotated is an example.
install: all ## install program, manual and systemd unit under DESTDIR and PREFIX
	install -D -m 755 smtptap $(DESTDIR)$(PREFIX)/bin/smtptap
	install -D -m 644 src/smtptap.1 $(DESTDIR)$(MANDIR)/man1/smtptap.1
	install -D -m 644 service/smtptap@.service $(DESTDIR)$(UNITDIR)/smtptap@.service
	sed -i 's|/usr/local/bin/|$(PREFIX)/bin/|' $(DESTDIR)$(UNITDIR)/smtptap@.service
	install -D -m 644 service/smtptap.sysusers $(DESTDIR)$(USERDIR)/smtptap.conf
	install -D -m 644 service/smtptap.logrotate $(DESTDIR)$(DOCDIR)/smtptap.logrotate
uninstall: ## remove them
	rm -f $(DESTDIR)$(PREFIX)/bin/smtptap $(DESTDIR)$(MANDIR)/man1/smtptap.1
	rm -f $(DESTDIR)$(UNITDIR)/smtptap@.service $(DESTDIR)$(USERDIR)/smtptap.conf
	rm -rf $(DESTDIR)$(DOCDIR)

clean: ## remove what was built
	rm -rf build smtptap

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | sort | while IFS='	' read -r t w; do printf '  make %-10s %s\n' "$$t" "$$w"; done

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all unit replay tools asan syntax deps test-deps demo test-build test golden fuzz bench install uninstall clean help bench-tools FORCE
.SECONDARY:
