package io.duetdb.server.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.core.domain.JavaModifier.VOLATILE;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static io.duetdb.server.architecture.Duet.module;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;

/** What never happens in this house. Each rule says why; a rule that is in the way is changed here, in the open. */
@AnalyzeClasses(packages = "io.duetdb", importOptions = Duet.OurCode.class)
final class ArchitectureTest {
    private static final DescribedPredicate<JavaClass> ENGINE = module("engine");
    private static final DescribedPredicate<JavaClass> RESP = module("protocol-resp");
    private static final DescribedPredicate<JavaClass> REST = module("protocol-rest");
    private static final DescribedPredicate<JavaClass> PERSISTENCE = module("persistence");
    private static final DescribedPredicate<JavaClass> TOOLS = resideInAnyPackage("io.duetdb.server.tools..");
    private static final DescribedPredicate<JavaClass> FRONT_ENDS_AND_PERSISTENCE =
            RESP.or(REST).or(PERSISTENCE);

    /** Classes that may ask a client for its dialect: each is a documented difference between Redis and Upstash. */
    private static final Set<String> MAY_ASK_FOR_THE_DIALECT = Set.of(
            "io.duetdb.engine.command.Checks",
            "io.duetdb.engine.commands.MoveCommands",
            "io.duetdb.engine.commands.ScanCommands",
            "io.duetdb.engine.commands.ZRangeCommands");

    /** The few things of Agrona that need no {@code --add-opens}. */
    private static final Set<String> AGRONA_ALLOWED = Set.of(
            "org.agrona.DeadlineTimerWheel",
            "org.agrona.DeadlineTimerWheel$TimerHandler",
            "org.agrona.ErrorHandler",
            "org.agrona.concurrent.Agent",
            "org.agrona.concurrent.AgentRunner",
            "org.agrona.concurrent.IdleStrategy",
            "org.agrona.concurrent.SleepingMillisIdleStrategy",
            "org.agrona.concurrent.SleepingIdleStrategy",
            "org.agrona.concurrent.BackoffIdleStrategy");

    // ---- the engine takes nothing from outside

    @ArchTest
    static final ArchRule engineHasNoSocketsFilesOrThreads = noClasses()
            .that(ENGINE)
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "io.netty..",
                            "tools.jackson..",
                            "com.fasterxml..",
                            "java.net..",
                            "java.nio.channels..",
                            "java.nio.file..",
                            "java.util.concurrent..")
                    .and(not(named("java.util.concurrent.TimeUnit")))
                    .or(named(
                            "java.lang.Thread",
                            "java.lang.ThreadLocal",
                            "java.lang.Runtime",
                            "java.lang.Process",
                            "java.io.File",
                            "java.io.FileInputStream",
                            "java.io.FileOutputStream",
                            "java.io.FileReader",
                            "java.io.FileWriter",
                            "java.io.RandomAccessFile",
                            "java.io.FileDescriptor")))
            .because("one owner runs it, and the outside is given to it by EngineOptions")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule engineMethodsAreNotSynchronized = methods()
            .that()
            .areDeclaredInClassesThat(ENGINE)
            .should()
            .notHaveModifier(SYNCHRONIZED)
            .because("the lock, where there is one, is the server's")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule engineFieldsAreNotVolatile = fields().that()
            .areDeclaredInClassesThat(ENGINE)
            .should()
            .notHaveModifier(VOLATILE)
            .because("only one thread sees them")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule commandsDoNotKnowTheWire = noClasses()
            .that()
            .resideInAnyPackage("io.duetdb.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.duetdb.wire..")
            .because("a reply is typed in meaning; its spelling is the sink's")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule timeAndChanceAreGiven = noClasses()
            .that(ENGINE.or(PERSISTENCE))
            .should()
            .callCodeUnitWhere(readsTimeOrChance())
            .orShould()
            .dependOnClassesThat(named(
                    "java.util.Random",
                    "java.util.SplittableRandom",
                    "java.security.SecureRandom",
                    "java.util.concurrent.ThreadLocalRandom",
                    "java.time.Clock"))
            .because("same inputs, same clock, same seed: same bytes, same replies")
            .allowEmptyShould(true);

    // ---- who may know whom

    @ArchTest
    static final ArchRule othersSeeOnlyTheEnginesDoor = noClasses()
            .that(FRONT_ENDS_AND_PERSISTENCE)
            .should()
            .dependOnClassesThat(ENGINE.and(not(named("io.duetdb.engine.Engine", "io.duetdb.engine.EngineOptions")
                    .or(describe(
                            "nested in the door", type -> type.getFullName().startsWith("io.duetdb.engine.Engine")))
                    .or(resideInAnyPackage(
                            "io.duetdb.engine.api..", "io.duetdb.wire..", "io.duetdb.bytes..", "io.duetdb.rdb..")))))
            .because("behind Engine and api everything may change")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule snapshotsAreNoMatterOfFrontEnds = noClasses()
            .that(RESP.or(REST))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.duetdb.rdb..")
            .because("files are written and read by persistence alone")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule filesAndThreadsAreBehindTheDisk = noClasses()
            .that(PERSISTENCE.and(not(resideInAnyPackage("io.duetdb.persistence.disk.."))))
            .should()
            .dependOnClassesThat(resideInAnyPackage("java.nio.channels..", "java.nio.file..", "java.util.concurrent..")
                    .and(not(named("java.util.concurrent.TimeUnit")))
                    .or(named("java.lang.Thread", "java.io.File", "java.io.RandomAccessFile")))
            .because("whole crashes are simulated in one thread")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule respDoesNotKnowItsSiblings = noSibling(RESP, REST.or(PERSISTENCE));

    @ArchTest
    static final ArchRule restDoesNotKnowItsSiblings = noSibling(REST, RESP.or(PERSISTENCE));

    @ArchTest
    static final ArchRule persistenceDoesNotKnowItsSiblings = noSibling(PERSISTENCE, RESP.or(REST));

    @ArchTest
    static final ArchRule nobodyImportsTheBench = noClasses()
            .that(not(module("bench")))
            .should()
            .dependOnClassesThat(module("bench"))
            .because("it measures us, we do not lean on it")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule toolsKnowOfTheServerOnlyWhatBothNeed = noClasses()
            .that(TOOLS)
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.duetdb", "io.duetdb.server")
                    .and(not(named(
                            "io.duetdb.server.Entropy",
                            "io.duetdb.server.InstanceOptions",
                            "io.duetdb.server.StartupException",
                            "io.duetdb.server.SystemClock",
                            "io.duetdb.server.Usage"))))
            .because("they work where no server runs");

    @ArchTest
    static final ArchRule onlyTheLauncherKnowsTools = noClasses()
            .that(not(TOOLS)
                    .and(not(named("io.duetdb.server.CommandLine", "io.duetdb.server.Main", "io.duetdb.server.Usage"))))
            .should()
            .dependOnClassesThat(TOOLS)
            .because("a server at work has no use for them, and its start loads none");

    @ArchTest
    static final ArchRule arrowsGoDown = classes()
            .that(ENGINE)
            .should(onlyUseWhatStandsBelow())
            .because("the engine's packages stand in the order of Duet.LAYERS")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule enginePackagesFormNoCycle = slices().matching("io.duetdb.engine.(*)..")
            .should()
            .beFreeOfCycles()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule structuresKnowNoKeys = noClasses()
            .that()
            .resideInAnyPackage("io.duetdb.engine.memory..", "io.duetdb.engine.value..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.duetdb..")
                    .and(not(resideInAnyPackage(
                            "io.duetdb.engine.memory..",
                            "io.duetdb.engine.value..",
                            "io.duetdb.engine.api..",
                            "io.duetdb.bytes.."))))
            .because("keys, TTLs, events and commands are told them as numbers and bytes, or not at all")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule wireKnowsRepliesAndBytes =
            leaf("io.duetdb.wire", "io.duetdb.engine.api..", "io.duetdb.bytes..");

    @ArchTest
    static final ArchRule apiKnowsBytes = leaf("io.duetdb.engine.api", "io.duetdb.bytes..");

    @ArchTest
    static final ArchRule luaKnowsNoRedis = leaf("io.duetdb.lua", "io.duetdb.bytes..");

    @ArchTest
    static final ArchRule bytesKnowNothing = leaf("io.duetdb.bytes");

    @ArchTest
    static final ArchRule familiesDoNotKnowEachOther = classes()
            .that()
            .resideInAPackage("io.duetdb.engine.commands")
            .and()
            .haveSimpleNameEndingWith("Commands")
            .should(useNoOtherFamily())
            .because("what two families share is a function of its own, or belongs to a layer below")
            .allowEmptyShould(true);

    // ---- everywhere

    @ArchTest
    static final ArchRule noStaticState = noFields()
            .that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat()
            .resideInAPackage("io.duetdb..")
            .and(describe(
                    "not made by the compiler", field -> !field.getModifiers().contains(SYNTHETIC)))
            .and(describe(
                    "not made by JMH",
                    field -> !field.getOwner().getPackageName().contains("jmh_generated")))
            .should(beMutable())
            .because("many engines live in one JVM")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule noUnsafe = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("sun..", "jdk.internal..")
            .because("the JVM checks every access, and 25 prints no warning");

    @ArchTest
    static final ArchRule agronaOnlyWhereItNeedsNoFlags = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.agrona..")
                    .and(not(resideInAnyPackage("org.agrona.collections..")))
                    .and(describe(
                            "beyond the allowed ones",
                            type -> !AGRONA_ALLOWED.contains(type.getFullName())
                                    && !type.getSimpleName().endsWith("Clock"))))
            .because("its buffers and queues throw IllegalAccessError without --add-opens");

    @ArchTest
    static final ArchRule fewAskForTheDialect = noClasses()
            .that(describe("are not listed", type -> !MAY_ASK_FOR_THE_DIALECT.contains(type.getFullName())))
            .should()
            .callCodeUnitWhere(describe("asks for the dialect", ArchitectureTest::asksForTheDialect))
            .because("each place is a difference that docs/differences.md has to list")
            .allowEmptyShould(true);

    // ---- the words above

    private static ArchRule noSibling(DescribedPredicate<JavaClass> one, DescribedPredicate<JavaClass> others) {
        return noClasses()
                .that(one)
                .should()
                .dependOnClassesThat(others)
                .because("front ends and persistence meet in the server only")
                .allowEmptyShould(true);
    }

    private static ArchRule leaf(String packageName, String... below) {
        return noClasses()
                .that()
                .resideInAPackage(packageName + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.duetdb..")
                        .and(not(resideInAnyPackage(packageName + "..")))
                        .and(not(resideInAnyPackage(below))))
                .allowEmptyShould(true);
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        Set<String> all = Set.of(names);
        return describe(
                "named " + all, type -> all.contains(type.getBaseComponentType().getFullName()));
    }

    private static DescribedPredicate<JavaCall<?>> readsTimeOrChance() {
        return describe("reads the host's time or chance", call -> {
            String owner = call.getTargetOwner().getFullName();
            String name = call.getTarget().getName();
            return switch (owner) {
                case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
                case "java.lang.Math", "java.lang.StrictMath" -> name.equals("random");
                case "java.util.UUID" -> name.equals("randomUUID");
                case "java.util.Date" -> call.getTarget().getParameterTypes().isEmpty() && name.equals("<init>");
                default -> owner.startsWith("java.time.") && name.equals("now");
            };
        });
    }

    private static boolean asksForTheDialect(JavaCall<?> call) {
        AccessTarget.CodeUnitCallTarget target = call.getTarget();
        return target.getName().equals("dialect")
                && target.getOwner().getPackageName().startsWith("io.duetdb.engine")
                && !target.getOwner().equals(call.getOriginOwner());
    }

    private static ArchCondition<com.tngtech.archunit.core.domain.JavaField> beMutable() {
        return new ArchCondition<>("be mutable") {
            @Override
            public void check(com.tngtech.archunit.core.domain.JavaField field, ConditionEvents events) {
                String type = field.getRawType().getFullName();
                boolean mutable = !field.getModifiers().contains(FINAL)
                        || type.startsWith("java.util.concurrent.atomic.")
                        || type.equals("java.lang.ThreadLocal");
                assert field.getModifiers().contains(STATIC) : field;
                events.add(new SimpleConditionEvent(field, mutable, field.getFullName() + " is static state"));
            }
        };
    }

    private static ArchCondition<JavaClass> onlyUseWhatStandsBelow() {
        return new ArchCondition<>("only use what stands below") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                int from = Duet.layer(type.getPackageName());
                if (from < 0) {
                    return;
                }
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    int to = Duet.layer(target.getPackageName());
                    events.add(new SimpleConditionEvent(type, to < 0 || to >= from, dependency.getDescription()));
                }
            }
        };
    }

    private static ArchCondition<JavaClass> useNoOtherFamily() {
        return new ArchCondition<>("use no other family") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    while (target.getEnclosingClass().isPresent()) {
                        target = target.getEnclosingClass().get();
                    }
                    boolean family = target.getPackageName().equals("io.duetdb.engine.commands")
                            && target.getSimpleName().endsWith("Commands")
                            && !target.equals(type);
                    events.add(new SimpleConditionEvent(type, !family, dependency.getDescription()));
                }
            }
        };
    }
}
