#!/usr/bin/env python3
"""Each lint must fail on what it is there to find, and stay silent on what is fine."""
import contextlib
import io
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
import check_coroutines  # noqa: E402
import check_filesystem  # noqa: E402
import check_layers  # noqa: E402
import check_listed  # noqa: E402
import check_promises  # noqa: E402
import check_purity  # noqa: E402
import check_sizes  # noqa: E402
import check_words  # noqa: E402


class LintTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)

    def plant(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def run_lint(self, lint, *arguments):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = lint.main(*arguments)
        return code, out.getvalue()

    def finds(self, lint, argument, words):
        code, out = self.run_lint(lint, argument)
        self.assertEqual((code, words in out), (1, True), f"{words!r} is not in: {out}")

    def passes(self, lint, argument):
        code, out = self.run_lint(lint, argument)
        self.assertEqual(code, 0, out)


class Promises(LintTest):
    def setUp(self):
        super().setUp()
        self.plant("tests/unit/rails_test.cpp", "TEST(Rails, HoldAll) {}\nTEST_F(Cycle,\n       Ends) {}\n")
        self.plant("tests/system/crash.sh", "")

    def page(self, row):
        self.plant("daemon/docs/safety.md", "| promise | test |\n|---|---|\n" + row + "\n")

    def test_passes_promises_with_tests_that_are_there(self):
        self.page("| it holds | `Rails.HoldAll`, `Cycle.Ends`, `tests/system/crash.sh` |")
        self.passes(check_promises, self.root)

    def test_finds_a_test_that_is_gone(self):
        self.page("| it holds | `Rails.HoldNone` |")
        self.finds(check_promises, self.root, "no test Rails.HoldNone")

    def test_finds_a_promise_that_nothing_holds(self):
        self.page("| it holds | believe me |")
        self.finds(check_promises, self.root, "without a test")


class Layers(LintTest):
    def setUp(self):
        super().setUp()
        self.plant("tests/lint/layers.txt", (HERE / "layers.txt").read_text())

    def includes(self, path, *headers):
        self.plant(path, "".join(f"#include {h}\n" for h in headers))

    def test_finds_what_points_up_or_sideways(self):
        for path, header in [
            ("reconciler/model/x.cpp", '"reconciler/plan/plan.hpp"'),
            ("reconciler/manifest/x.cpp", '"reconciler/plan/plan.hpp"'),
            ("reconciler/plan/x.cpp", '"daemon/log.hpp"'),
            ("daemon/iam/x.cpp", '"daemon/state/state.hpp"'),
            ("daemon/net/x.cpp", '"daemon/config/config.hpp"'),
            ("daemon/cycle/x.cpp", '"daemon/cli/cli.hpp"'),
            ("daemon/sandbox/x.cpp", '"daemon/iam/gateway.hpp"'),
            ("daemon/sandbox/x.cpp", '"daemon/net/http_client.hpp"'),
            ("reconciler/manifest/loader.cpp", "<yaml-cpp/yaml.h>"),
            ("reconciler/plan/x.cpp", "<nlohmann/json.hpp>"),
            ("daemon/iam/policy_codec.cpp", "<simdjson.h>"),
            ("daemon/net/http.hpp", "<boost/beast/http.hpp>"),
            ("daemon/cycle/x.cpp", "<spdlog/spdlog.h>"),
            ("reconciler/base/x.cpp", "<unistd.h>"),
            ("daemon/elsewhere/x.cpp", "<string>"),
        ]:
            with self.subTest(path=path, header=header):
                self.includes(path, header)
                self.finds(check_layers, self.root, f"{path}:1:")
                (self.root / path).unlink()

    def test_passes_what_is_drawn(self):
        self.includes("reconciler/plan/x.cpp", '"reconciler/model/key.hpp"', "<string>")
        self.includes("reconciler/manifest/yaml_file.cpp", "<yaml-cpp/yaml.h>")
        self.includes("daemon/net/client.cpp", "<boost/beast/http.hpp>", '"daemon/log.hpp"')
        self.includes("daemon/log.cpp", "<spdlog/spdlog.h>", '"daemon/log.hpp"')
        self.includes("daemon/main.cpp", '"daemon/cli/cli.hpp"')
        self.passes(check_layers, self.root)

    def test_finds_deps_that_point_up(self):
        self.plant("reconciler/model/CMakeLists.txt", "authzd_module(model SOURCES a.cpp DEPS authzd::plan)\n")
        self.plant("reconciler/plan/CMakeLists.txt", "authzd_module(plan SOURCES a.cpp DEPS authzd::model)\n")
        self.finds(check_layers, self.root, "reconciler/model may not depend on authzd::plan")


class Listed(LintTest):
    def setUp(self):
        super().setUp()
        self.plant("CMakeLists.txt", "add_subdirectory(tests)\n")
        self.plant("tests/CMakeLists.txt", "foreach(level unit golden)\n")
        self.plant("tests/unit/CMakeLists.txt", "authzd_test(x SOURCES a_test.cpp ../loose.cpp)\n")
        self.plant("tests/unit/a_test.cpp", "")
        self.plant("tests/loose.cpp", "")

    def test_passes_what_is_named(self):
        self.passes(check_listed, self.root)

    def test_finds_sources_that_are_not_built(self):
        self.plant("tests/unit/test.cpp", "")
        self.finds(check_listed, self.root, "tests/unit/test.cpp:1:")

    def test_finds_folders_that_are_not_added(self):
        self.plant("tests/contract/CMakeLists.txt", "")
        self.finds(check_listed, self.root, "tests/contract/CMakeLists.txt:1:")


class Coroutines(LintTest):
    def judge(self, body):
        return self.plant("x.cpp", f"void f() {{\n{body}\n}}\n")

    def test_finds_the_forms_that_gcc_12_breaks(self):
        for body in [
            "co_await send(Request{1, 2});",
            "co_await send({1, 2});",
            "co_await send({.a = 1});",
            "auto x = combine(Request{1}, co_await get());",
            "if (auto r = co_await send({1}); !r) { stop(); }",
            "co_await send(big ? one : two);",
            "co_await send([k] { return k; });",
            "co_await send([=]() { return k; });",
            "co_await send([&, k] { return k; });",
            "co_await send([k = 1](int i) mutable { return k + i; });",
            "co_await all([&]() -> Async<void> { co_await send({1}); });",
            "co_spawn(io, run(), detached); ",
        ]:
            with self.subTest(body=body):
                self.finds(check_coroutines, [self.judge(body)], "x.cpp:2:")

    def test_passes_the_forms_that_work(self):
        for body in [
            "co_await send(Request(1), name(), std::move(local));",
            "Request r{1, 2};\nco_await send(r);",
            "auto x = big ? 1 : 2;\nco_await send(x);",
            "if (co_await ready()) {\n  use(x ? 1 : 2);\n  call({1});\n}",
            "while (co_await next()) { use({1}); }",
            "co_await send([&] { return Pair{k, 1}; });",
            "co_await send([] { return 1; });",
            "co_await send(items[i], table[f(k)]);",
            "auto handler = [k] { return k; };\nco_await send(handler);",
            "if (x) { use({1}); }\nco_await send();",
            "co_await send();  // not {a, b} ? c : d",
            'co_await send("a ? b : {c}, detached");',
            "co_await send({});",
        ]:
            with self.subTest(body=body):
                self.passes(check_coroutines, [self.judge(body)])

    def test_finds_borrowed_parameters(self):
        for text in [
            "Async<int> f(const Request& r);",
            "boost::asio::awaitable<void> f(std::string_view s) { co_return; }",
            "/// Sends it.\nAsync<Map<int, int>> f(int a,\n  std::span<int> s);",
            "Async<int> f(const Request& r,  // coroutine-ref: the awaiter's\n  Log& log);",
            "using Ending = awaitable<int>;\nEnding f(Log& log);",
        ]:
            with self.subTest(text=text):
                self.finds(check_coroutines, [self.plant("x.hpp", text)], "borrows")

    def test_passes_values_and_what_is_said_to_live_long_enough(self):
        for text in [
            "Async<int> f(Request r, int n);",
            "/// `r` must outlive the call.\nAsync<int> f(const Request& r);",
            "/// `s` belongs to the caller.\n/// Errors: none.\nvirtual Async<int> f(std::span<int> s) = 0;",
            "Async<int> f(const Request& r) override;",
            "Async<int> f(const Request& r,  // coroutine-ref: the awaiter's\n  int n,\n"
            "  Log& log) {  // coroutine-ref: outlives the daemon's tasks\n}",
        ]:
            with self.subTest(text=text):
                self.passes(check_coroutines, [self.plant("x.hpp", text)])

    def test_takes_the_comment_of_the_declaration_for_the_definition(self):
        header = self.plant("x.hpp", "/// `r` outlives the call.\nAsync<int> f(const Request& r);")
        source = self.plant("x.cpp", "Async<int> f(const Request& r) { co_return 1; }")
        self.passes(check_coroutines, [header, source])


class Purity(LintTest):
    def archive(self, body):
        source = self.plant("x.cpp", body)
        subprocess.run(["g++", "-std=c++20", "-c", source, "-o", self.root / "x.o"], check=True)
        subprocess.run(["ar", "rcs", self.root / "x.a", self.root / "x.o"], check=True)
        return [str(self.root / "x.a")]

    def test_finds_clock_environment_and_files(self):
        for body, symbol in [
            ("#include <chrono>\nauto f() { return std::chrono::system_clock::now(); }", "system_clock::now"),
            ("#include <cstdlib>\nauto f() { return std::getenv(\"A\"); }", "getenv"),
            ("#include <fstream>\nvoid f() { std::ifstream in(\"a\"); }", "ifstream"),
        ]:
            with self.subTest(symbol=symbol):
                self.finds(check_purity, self.archive(body), symbol)

    def test_passes_computation(self):
        self.passes(check_purity, self.archive("#include <string>\nauto f(int i) { return std::to_string(i); }"))


class Filesystem(LintTest):
    def test_finds_what_throws(self):
        for call in (
            "fs::exists(path);",
            "std::filesystem::rename(a, b);",
            "fs::path p = fs::absolute(root).lexically_normal();",
            "fs::directory_iterator entry(top);",
            "for (const auto& entry : fs::directory_iterator(top, ec)) {}",
            "entry->is_directory();",
            "auto t = std::filesystem::temp_directory_path();",
        ):
            self.plant("a.cpp", f"void f() {{ {call} }}\n")
            self.finds(check_filesystem, [str(self.root)], "a.cpp:1:")

    def test_passes_what_does_not(self):
        self.plant(
            "a.cpp",
            "void f() {\n  fs::exists(path, ec);  // fs::exists(path)\n  fs::is_regular_file(status);\n"
            "  fs::directory_iterator entry(fs::path(a) / b, ec);\n"
            "  for (; entry != fs::directory_iterator(); entry.increment(ec)) entry->file_size(ec);\n"
            "  entry->path();\n}\n",
        )
        self.passes(check_filesystem, [str(self.root)])


class Sizes(LintTest):
    def test_finds_long_files(self):
        self.plant("daemon/net/x.hpp", "//\n" * 201)
        self.finds(check_sizes, self.root, "daemon/net/x.hpp:1: 201 lines")

    def test_finds_long_functions(self):
        body = "namespace a {\nclass B {\n int f(int i) const {\n" + "  if (i) { ++i; }\n" * 70 + "}\n};\n}\n"
        self.plant("daemon/net/x.cpp", body)
        self.finds(check_sizes, self.root, "daemon/net/x.cpp:3: a function of 72 lines")

    def test_passes_many_short_functions(self):
        self.plant("daemon/net/x.cpp", "namespace a {\nint f() {\n  return 1;\n}\n" * 1 + "int g() {\n  return 1;\n}\n" * 90 + "}\n")
        self.passes(check_sizes, self.root)

    def test_counts_no_table_that_is_returned(self):
        table = "std::vector<Row> rows() {\n  return {\n" + "    {1, 2},\n" * 70 + "  };\n}\n"
        self.plant("daemon/net/x.cpp", table)
        self.passes(check_sizes, self.root)

    def test_takes_no_table_for_a_function(self):
        self.plant("daemon/net/x.cpp", "constexpr std::array<int, size_t(N)> kTable{{\n" + "  {1},\n" * 70 + "}};\n")
        self.passes(check_sizes, self.root)


class Words(LintTest):
    def setUp(self):
        super().setUp()
        subprocess.run(["git", "init", "-q", self.root], check=True)

    def test_finds_each_of_them(self):
        for text in ["see /work/x", "cd /root/x", "https://registry.npmjs.org/x", "// TODO later",
                     "// as in the previous session", "using namespace boost;", "/// @brief The x",
                     "GTEST_SKIP();", 'GTEST_SKIP() << "flaky";', "TEST(X, DISABLED_y)"]:
            with self.subTest(text=text):
                self.plant("a.cpp", f"ok\n{text}\n")
                self.finds(check_words, self.root, "a.cpp:2:")

    def test_passes_plain_text(self):
        self.plant("a.cpp", "// One TLS connection; ~/.cache and ./work/x are fine.\nusing namespace std::chrono_literals;\n"
                   'GTEST_SKIP() << "no IPv6 loopback here: " << why;\n')
        self.passes(check_words, self.root)

    def test_finds_dialect_in_comments_and_documents(self):
        for file, text in [("reconciler/a.cpp", "/// The marker is taken off by hand."),
                           ("reconciler/a.cpp", 'f("x");  // it stands for a name'),
                           ("daemon/docs/a.md", "What came of the write is shown.")]:
            with self.subTest(text=text):
                self.plant(file, f"ok\n{text}\n")
                self.finds(check_words, self.root, f"{file}:2: not plain English")
                self.plant(file, "ok\n")

    def test_leaves_strings_and_code_blocks_alone(self):
        self.plant("reconciler/a.cpp", 'return "https://x is taken off by hand";  // a message\n')
        self.plant("daemon/docs/a.md", "```\nthe marker was taken off\n```\n")
        self.passes(check_words, self.root)


if __name__ == "__main__":
    unittest.main()
