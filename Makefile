# Two commands matter: `make run` shows everything at work, `make test` is all that CI runs.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

GO        ?= go
TAGS      := sqlite_fts5
# ci: Fyne's software driver, so that the desk's tests need no display.
TEST_TAGS := sqlite_fts5,ci
# The window's goroutine is the only one that touches it: Fyne need not check that at every call, which costs a fifth of a frame.
# Builds without the tag, as the tests' are, still do and complain.
DESK_TAGS := $(TAGS),migrated_fynedo
# Also what only `make torture` builds is vetted.
VET_TAGS  := sqlite_fts5,ci,torture
ROUNDS    ?= 50
BENCHTIME ?= 2s
LOADTIME  ?= 60s
MINUTES   ?= 60
CORPUS    := server/understand/corpus
PYTRAIN   := PYTHONDONTWRITEBYTECODE=1 var/model/venv/bin/python tools/train
LAYERS    ?= 0,1,2,3,4,5,6,7
FIRST     := $(CORPUS)/train-[a-o].jsonl
READ      := $(FIRST) $(CORPUS)/train-[p-r].jsonl

export CGO_ENABLED := 1

.PHONY: help run test desk server setup fmt vet staticcheck deps unit bench bench-desk bench-bot bench-llm faults-llm contract-llm eval-understand eval-entities eval-bot eval-copilot model torture soak pictures gallery clean

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: ## everything at work: server, demo shop, simulated customers, the desk of a demo agent
	@exec env --default-signal=INT ./tools/run

desk: ## build bin/agentdesk
	$(GO) build -tags $(DESK_TAGS) -o bin/agentdesk .

server: ## build bin/agentdesk-server
	$(GO) build -tags $(TAGS) -o bin/agentdesk-server ./server

setup: ## install missing Debian or Ubuntu packages
	@./tools/setup

test: ## all that CI runs
	@$(MAKE) setup
	@$(MAKE) fmt
	@$(MAKE) desk
	@$(MAKE) server
	@$(MAKE) vet
	@$(MAKE) staticcheck
	@$(MAKE) deps
	@$(MAKE) unit

fmt: ## fail when a file is not gofmt's
	@files=$$(gofmt -l $$(find . -name '*.go' -not -path './.cache/*' -not -path './var/*')); \
	  if [ -n "$$files" ]; then echo "not gofmt's:"; echo "$$files"; exit 1; fi; echo "gofmt: ok"

vet: ## go vet
	$(GO) vet -tags $(VET_TAGS) ./...

staticcheck: ## staticcheck, in the version that go.mod names
	$(GO) tool staticcheck -tags $(VET_TAGS) ./...

# Without go's cache of results, which doesn't see that another package changed its imports.
deps: ## the import rules
	$(GO) test -count 1 -tags $(TEST_TAGS) ./tools/deptest

unit: ## all tests, with the race detector
	$(GO) test -race -timeout 15m -tags $(TEST_TAGS) ./...

bench: ## every figure with a target on this machine, through the real programs; takes minutes (LOADTIME=60s, BENCHTIME=2s)
	@$(MAKE) server desk
	$(GO) build -tags $(TAGS) -o bin/bench ./tools/bench
	bin/bench -for $(LOADTIME) -benchtime $(BENCHTIME)

bench-desk: ## the face's figures in a real window, beside their targets; and when the chat is ready in Chromium (≤ 300 ms)
	@mkdir -p bin
	$(GO) build -tags $(DESK_TAGS) -o bin/benchdesk ./tools/benchdesk
	LC_ALL= LANG=zh_CN.UTF-8 bin/benchdesk
	$(GO) test -run '^$$' -bench Chat_Interactive -benchtime 10x -tags $(TEST_TAGS) ./tools/e2e/web

bench-bot: ## how fast messages are understood, beside the targets
	$(GO) run -tags $(TAGS) ./tools/benchbot

model: ## train the model that reads messages from server/understand/corpus into assets/model (Python, PyTorch, an hour)
	@mkdir -p var/model
	python3 -m venv var/model/venv
	var/model/venv/bin/pip install -q -r tools/train/requirements.txt
	python3 -B tools/train/corpus.py $(CORPUS)/test.jsonl $(CORPUS)/train-*.jsonl >var/model/corpus.txt
	$(PYTRAIN)/base.py --out var/model/base
	$(PYTRAIN)/train.py --base var/model/base/weights.npz --vocab var/model/base --corpus '$(FIRST)' --layers $(LAYERS) --epochs 6 --rate 1.2e-4 --out var/model/first.npz
	$(PYTRAIN)/train.py --base var/model/base/weights.npz --vocab var/model/base --corpus '$(READ)' --layers $(LAYERS) --epochs 2 --rate 6e-5 --start var/model/first.npz --out var/model/tuned.npz
	$(PYTRAIN)/choose.py --base var/model/base --tuned var/model/tuned.npz --corpus '$(READ)' --out var/model/apart.json
	$(PYTRAIN)/export.py --base var/model/base --tuned var/model/tuned.npz --apart var/model/apart.json --corpus '$(READ)' --out assets/model

eval-understand: ## how often messages are understood rightly, on the labelled test lines; writes the tables of docs/understanding.md
	$(GO) run -tags $(TAGS) ./tools/evalunderstand -doc docs/understanding.md
	@$(MAKE) eval-entities

eval-entities: ## how often what a message names is found, and hidden where it must be; writes the table of docs/entities.md
	$(GO) run -tags $(TAGS) ./tools/evalentities -doc docs/entities.md

eval-bot: ## simulated customers with goals talk to the bot over the demo shop: how many it settles alone, and what it states without a source
	$(GO) run -tags $(TAGS) ./tools/evalbot

eval-copilot: ## written situations put to the copilot over the demo shop: how often its first suggestion can be sent as it stands
	$(GO) run -tags $(TAGS) ./tools/evalcopilot
	$(GO) run -tags $(TAGS) ./tools/evalcopilot -situations tools/evalcopilot/testdata/afterwards.jsonl

bench-llm: ## an answer while a language model is known to be dead (target: 300 ms), and while all are
	$(GO) test -run '^$$' -bench 'Failover|AllDead' -benchtime $(BENCHTIME) ./server/llm

faults-llm: ## every pairing of two failing language models at 50 messages/s through the demo shop's bot; takes eight minutes
	$(GO) run -tags $(TAGS) ./tools/faultyllm faults

contract-llm: ## the language models' contract against a real endpoint: LLM_URL and LLM_MODEL, else llama.cpp and a small model (fetches 160 MB)
	$(if $(LLM_URL),,./tools/faultyllm/llama) $(GO) test -v -count 1 -tags realllm -run TestContract_RealServer ./server/llm

torture: ## kill -9 server and desks at random moments (ROUNDS=50) and compare every acknowledged message
	TORTURE_ROUNDS=$(ROUNDS) $(GO) test -v -count 1 -timeout 60m -tags $(TAGS),torture ./tools/torture

# Fyne takes its language from the locale and complains about C.
soak: ## an hour of the shop at work, a day's arrivals in 20 minutes (MINUTES=60): logs, memory, goroutines, takeovers
	@$(MAKE) server
	$(GO) build -tags $(TAGS) -o bin/soak ./tools/soak
	LC_ALL= LANG=zh_CN.UTF-8 bin/soak -minutes $(MINUTES)

pictures: ## draw the desk's sample screens to var/look
	$(GO) run -tags $(TEST_TAGS) ./tools/look -out var/look

gallery: ## every screen and state of desk, shop and chat, both themes and languages, three widths: docs/gallery/index.html
	@rm -rf var/shots && mkdir -p var/shots
	E2E_SHOTS=$(CURDIR)/var/shots $(GO) test -count 1 -tags $(TEST_TAGS) -run 'TestShop_Tour|TestChat_States|TestChat_LooksAsDesigned|TestEmbed' ./tools/e2e/web
	$(GO) run -tags $(TEST_TAGS) ./tools/gallery -out docs/gallery -shots var/shots

clean: ## remove what was built and the demo's data
	rm -rf bin var
