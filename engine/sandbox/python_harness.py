# Runs in the sandbox, before the code that is judged and around it: see engine/sandbox/sandbox.md.
#
# Descriptor 0 holds the payload: a line "CODE TESTS PROCESSES" (bytes, bytes, how many there may be),
# the code, the tests, and 32 bytes more, the nonce, which stays in the pipe, in no object of this
# process, until the tests are over. Descriptor 3 takes the report, a line each: "ready" before the code
# runs, then "passed NONCE", "memory" or "unready NONCE REASON" (what is wrong is not the code's fault).
# The last line of standard error is the detail of what failed.


def judge():
    import _ast
    import builtins
    import fcntl
    import linecache
    import os
    import random
    import resource
    import sys
    import types

    read, write, leave, own_number = os.read, os.write, os._exit, os.getpid
    first = own_number()
    run, build = exec, compile
    limit, kind_of, text_of, has = resource.setrlimit, type, str, isinstance
    nonce_size = 32

    def take(size):
        parts = []
        while size > 0:
            part = read(0, size)
            if not part:
                leave(70)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def take_line():
        line = b""
        while not line.endswith(b"\n"):
            line += take(1)
        return line

    code_size, tests_size, processes = map(int, take_line().split())
    code = take(code_size).decode("utf-8", "replace")
    tests = take(tests_size).decode("utf-8", "replace")

    # Out of the way of whoever closes, reads or hands on what it has: a child that is executed gets none.
    at = random.SystemRandom().randrange(100, 200)
    secret = fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, at)
    report = fcntl.fcntl(3, fcntl.F_DUPFD_CLOEXEC, at)
    os.close(3)
    nothing = os.open("/dev/null", os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    limit(resource.RLIMIT_NPROC, (processes, processes))

    # A fork of the code's has nothing to say.
    def leave_if_forked():
        if own_number() != first:
            leave(1)

    def prove(word, reason=""):
        leave_if_forked()
        nonce = b""
        while len(nonce) < nonce_size:
            part = read(secret, nonce_size - len(nonce))
            if not part:
                break
            nonce += part
        write(report, word + b" " + nonce + b" " + reason.encode("utf-8", "replace")[:500] + b"\n")
        leave(0)

    def one_line(text):
        return " ".join(text.split())[:300]

    # Where and what: "AssertionError: 3 (tests, line 2: assert add(1, 1) == 2)".
    def describe(failure):
        try:
            said = one_line(text_of(failure))
        except BaseException:
            said = ""
        name = kind_of(failure).__name__
        place = ""
        step = failure.__traceback__
        while step is not None:
            file, line = step.tb_frame.f_code.co_filename, step.tb_lineno
            if file in ("completion", "tests"):
                place = " (%s, line %d: %s)" % (file, line, one_line(linecache.getline(file, line)))
            step = step.tb_next
        return name + (": " + said if said else "") + place

    def fail(line, word=b"failed"):
        leave_if_forked()
        write(report, word + b"\n")
        write(2, ("\n" + line + "\n").encode("utf-8", "replace"))
        leave(1)

    def fail_with(failure):
        if has(failure, SystemExit):
            fail("the program ended itself before the tests were over: " + describe(failure))
        fail(describe(failure), b"memory" if has(failure, MemoryError) else b"failed")

    def lines_of(name, text):
        linecache.cache[name] = (len(text), None, text.splitlines(True), name)

    solution = types.ModuleType("solution")
    space = solution.__dict__
    sys.modules["solution"] = solution
    sys.argv = ["solution"]
    lines_of("completion", code)
    lines_of("tests", tests)

    functions = (_ast.FunctionDef, _ast.AsyncFunctionDef)

    # All that stand in the module, under its conditions and loops too.
    def statements(body):
        for one in body:
            if has(one, _ast.stmt):
                yield one
            if not has(one, functions + (_ast.ClassDef,)):
                for field in ("body", "orelse", "finalbody", "handlers", "cases"):
                    for inner in statements(getattr(one, field, ())):
                        yield inner

    # Something that may test: no definition, and no frame of others.
    def acts(statement):
        if has(statement, _ast.Expr):
            return has(statement.value, (_ast.Call, _ast.Await))
        return not hasattr(statement, "body") and not has(statement, (
            _ast.Import, _ast.ImportFrom, _ast.Assign, _ast.AnnAssign, _ast.AugAssign, _ast.Pass))

    def nodes(tree):
        waiting = [tree]
        while waiting:
            node = waiting.pop()
            yield node
            for field in node._fields:
                value = getattr(node, field, None)
                for child in value if has(value, list) else [value]:
                    if has(child, _ast.AST):
                        waiting.append(child)

    def imported(tree):
        for statement in tree.body:
            if has(statement, _ast.Import):
                for name in statement.names:
                    yield name.name.split(".")[0]
            if has(statement, _ast.ImportFrom) and statement.module and not statement.level:
                yield statement.module.split(".")[0]

    def is_there(name):
        return name in sys.modules or any(
            finder.find_spec(name, None) is not None for finder in sys.meta_path)

    def wants_arguments(function):
        given = function.args
        return len(given.args) + len(getattr(given, "posonlyargs", ())) > len(given.defaults)

    # What pytest would call and the tests themselves do not.
    def uncalled(kinds, start):
        return [one for one in found if has(one, kinds) and one.name.startswith(start)
                and one.name not in named]

    def case_classes():
        unittest = sys.modules.get("unittest")
        cases = [] if unittest is None else [
            value for value in list(space.values())
            if has(value, type) and issubclass(value, unittest.TestCase)
            and value.__module__ == "__main__"]
        return cases

    cases_ran = []

    def run_cases(*_, **__):
        import unittest
        cases_ran.append(True)
        load = unittest.TestLoader().loadTestsFromTestCase
        result = unittest.TestResult()
        unittest.TestSuite([load(case) for case in case_classes()]).run(result)
        wrong = result.failures + result.errors
        if wrong:
            raise AssertionError("%s: %s" % (wrong[0][0], wrong[0][1].strip().splitlines()[-1]))
        if result.unexpectedSuccesses or result.testsRun <= len(result.skipped):
            raise AssertionError("of %d test cases none passed" % result.testsRun)

    # What is wrong with the tests whatever the code is.
    try:
        tree = build(tests, "tests", "exec", 0x400, True)  # PyCF_ONLY_AST
        tests_built = build(tests, "tests", "exec", 0, True)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as failure:
        prove(b"unready", "the tests are no Python: " + one_line(text_of(failure)))
    for name in imported(tree):
        if name != "solution" and not is_there(name):
            prove(b"unready", "the tests import %s, which this Python does not have" % name)
    found = list(statements(tree.body))
    named = {node.id for node in nodes(tree) if has(node, _ast.Name)}
    to_call = uncalled(functions, "test")
    for function in to_call:
        if wants_arguments(function):
            prove(b"unready", "nothing calls %s() of the tests, which wants arguments" % function.name)
        if has(function, _ast.AsyncFunctionDef):
            prove(b"unready", "nothing awaits %s() of the tests" % function.name)
    to_run = uncalled(_ast.ClassDef, "Test")
    may_test = to_call or any(acts(one) for one in found)
    if not may_test and not any(has(one, _ast.ClassDef) and one.bases for one in found):
        prove(b"unready", "the tests call nothing (is a line like check(NAME) missing behind them?)")
    if "unittest" in tests:
        import unittest
        unittest.main = run_cases
    usual = dict(builtins.__dict__)

    write(report, b"ready\n")
    try:
        run(build(code, "completion", "exec", 0, True), space)
        # The tests are to see Python's own names, and nobody over their shoulder.
        builtins.__dict__.update(usual)
        sys.settrace(None)
        sys.setprofile(None)
        space["__name__"] = "__main__"
        sys.modules["__main__"] = solution
        run(tests_built, space)
        for function in to_call:
            space[function.name]()
        if not cases_ran and case_classes():
            run_cases()
        ran = {case.__name__ for case in case_classes()}
        for one in to_run:
            if one.name not in ran:
                prove(b"unready", "nothing runs the class %s of the tests" % one.name)
        if not may_test and not cases_ran:
            prove(b"unready", "the tests call nothing")
    except BaseException as failure:
        fail_with(failure)
    prove(b"passed")


judge()
