/* A stand-in for the NVIDIA driver's libnvidia-ml.so.1 with two GPUs; compiled by the tests.
 *
 * FAKE_NVML in the environment says what is wrong with it: "" nothing, "unloaded" the driver is not
 * loaded, "lost" it goes away after the first reading, "dead" the second GPU has failed, "divided" the
 * second GPU is divided into instances, "empty" it is made ready to be divided and has none, "full"
 * other programs have all memory. OLD_DRIVER at compile time leaves out what drivers before version 510
 * do not have.
 */
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, UNINITIALIZED = 1, NOT_SUPPORTED = 3, NO_PERMISSION = 4, INSUFFICIENT_SIZE = 7,
       NOT_FOUND = 6, DRIVER_NOT_LOADED = 9, GPU_IS_LOST = 15 };

typedef struct { unsigned gpu, memory; } Utilization;
typedef struct { unsigned long long total, free, used; } Memory;
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } Memory2;
typedef struct { unsigned pid; unsigned long long used; unsigned gpu_instance, compute_instance; } Process;

static int devices[2] = {0, 1};
/* A divided GPU has room for seven instances. Places 0 and 2 are taken by compute instances that share
 * the memory of GPU instance 1, place 3 by one that has GPU instance 5 for itself. */
static int instances[7];
static int readings = 0;

static int is(const char *fault) {
    const char *set = getenv("FAKE_NVML");
    return set && !strcmp(set, fault);
}
static unsigned watched_pid(void) {
    const char *pid = getenv("FAKE_NVML_PID");
    return pid ? (unsigned)atoi(pid) : 0;
}
static int is_second(void *device) { return device == &devices[1]; }
static int place_of(void *device) {
    for (int place = 0; place < 7; place++)
        if (device == &instances[place]) return place;
    return -1;
}
static int is_instance(void *device) { return place_of(device) >= 0; }
static int tells_little(void *device) { return is_second(device) || is_instance(device); }

int nvmlInitWithFlags(unsigned flags) { (void)flags; return is("unloaded") ? DRIVER_NOT_LOADED : SUCCESS; }
int nvmlShutdown(void) { return SUCCESS; }
const char *nvmlErrorString(int code) { return code == DRIVER_NOT_LOADED ? "Driver Not Loaded" : "An error"; }

int nvmlDeviceGetCount_v2(unsigned *count) {
    *count = 2;
    return is("lost") && readings++ ? UNINITIALIZED : SUCCESS;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) {
    *device = &devices[index];
    return is("dead") && index ? GPU_IS_LOST : SUCCESS;
}
int nvmlDeviceGetName(void *device, char *name, unsigned length) {
    strncpy(name, is_second(device) ? "Fake GPU B" : "Fake GPU A", length);
    if (is_instance(device))
        strncpy(name, place_of(device) == 3 ? "Fake GPU B MIG 1g.5gb" : "Fake GPU B MIG 1c.2g.10gb", length);
    return SUCCESS;
}
/* The second GPU is one that tells little, as old and small ones do. */
int nvmlDeviceGetUtilizationRates(void *device, Utilization *rates) {
    rates->gpu = 42;
    return tells_little(device) ? NOT_SUPPORTED : SUCCESS;
}
/* The driver keeps a gibibyte of the first GPU for itself. */
static void fill(void *device, Memory2 *memory) {
    unsigned long long total = place_of(device) == 3 ? 5 : is_instance(device) ? 10 : 24;
    unsigned long long used = place_of(device) == 3 ? 1 : 5;
    unsigned long long reserved = !tells_little(device);
    if (is("full")) used = total - reserved;
    memory->total = total << 30, memory->used = used << 30, memory->reserved = reserved << 30;
    memory->free = (total - used - reserved) << 30;
}
int nvmlDeviceGetMemoryInfo(void *device, Memory *memory) {
    Memory2 all;
    fill(device, &all);
    memory->total = all.total, memory->free = all.free, memory->used = all.used + all.reserved;
    return SUCCESS;
}
int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts) {
    *milliwatts = 123456;
    return tells_little(device) ? NO_PERMISSION : SUCCESS;
}
int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules) {
    *millijoules = 7250;
    return tells_little(device) ? NOT_SUPPORTED : SUCCESS;
}
int nvmlDeviceGetClockInfo(void *device, int clock, unsigned *megahertz) {
    *megahertz = clock == 1 ? 2475 : 10501;
    return tells_little(device) ? NOT_SUPPORTED : SUCCESS;
}
int nvmlDeviceGetFanSpeed(void *device, unsigned *percent) {
    *percent = 35;
    return tells_little(device) ? NOT_SUPPORTED : SUCCESS;
}
int nvmlDeviceGetTemperature(void *device, int sensor, unsigned *degrees) {
    (void)sensor;
    *degrees = 61;
    return tells_little(device) ? NOT_SUPPORTED : SUCCESS;
}

int nvmlDeviceGetMigMode(void *device, unsigned *current, unsigned *pending) {
    *current = *pending = is_second(device) && (is("divided") || is("empty"));
    return is_second(device) ? SUCCESS : NOT_SUPPORTED;
}
int nvmlDeviceGetMaxMigDeviceCount(void *device, unsigned *count) {
    *count = is_second(device) ? 7 : 0;
    return SUCCESS;
}
int nvmlDeviceGetMigDeviceHandleByIndex(void *device, unsigned place, void **instance) {
    (void)device;
    *instance = &instances[place];
    return is("divided") && (place == 0 || place == 2 || place == 3) ? SUCCESS : NOT_FOUND;
}
int nvmlDeviceGetGpuInstanceId(void *device, unsigned *id) {
    *id = place_of(device) == 3 ? 5 : 1;
    return is_instance(device) ? SUCCESS : NOT_SUPPORTED;
}

static int list(unsigned *count, Process *processes, const Process *all, unsigned length) {
    unsigned room = *count;
    *count = length;
    if (!processes || room < length) return length ? INSUFFICIENT_SIZE : SUCCESS;
    memcpy(processes, all, length * sizeof *all);
    return SUCCESS;
}
/* On the first GPU our process is in both lists with the same memory, and so is another one. */
static int list_of(void *device, unsigned *count, Process *processes) {
    unsigned long long unknown = ~0ull;
    Process first[2] = {{watched_pid(), 3ull << 30, 0, 0}, {1, 1ull << 30, 0, 0}};
    Process second[1] = {{watched_pid(), unknown, 0, 0}};
    Process shared[1] = {{watched_pid(), 2ull << 30, 1, 0}};
    if (is_instance(device)) return list(count, processes, shared, place_of(device) == 2);
    return is_second(device) ? list(count, processes, second, 1) : list(count, processes, first, 2);
}
#ifndef OLD_DRIVER
int nvmlDeviceGetMemoryInfo_v2(void *device, Memory2 *memory) {
    fill(device, memory);
    return SUCCESS;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void *d, unsigned *n, Process *p) { return list_of(d, n, p); }
int nvmlDeviceGetGraphicsRunningProcesses_v3(void *d, unsigned *n, Process *p) { return list_of(d, n, p); }
#endif
