//! Many futures run by one task.
//!
//! Dropping the crew drops everything it works on, which is what makes "the process was killed here" testable: no task
//! is left behind that could still send or record. Only futures that were woken are polled.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

type Work<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Whom to wake when a member of the crew is woken.
#[derive(Debug, Default)]
struct Chief {
    waker: Mutex<Option<Waker>>,
}

#[derive(Debug)]
struct Bell {
    rung: AtomicBool,
    chief: Arc<Chief>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        let waker = self.chief.waker.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

struct Member<'a, T> {
    work: Work<'a, T>,
    bell: Arc<Bell>,
}

/// Futures that make progress together.
pub(super) struct Crew<'a, T> {
    members: Vec<Member<'a, T>>,
    chief: Arc<Chief>,
}

impl<'a, T> Crew<'a, T> {
    pub(super) fn new() -> Self {
        Self { members: Vec::new(), chief: Arc::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    pub(super) fn push(&mut self, work: impl Future<Output = T> + Send + 'a) {
        let bell = Arc::new(Bell { rung: AtomicBool::new(true), chief: Arc::clone(&self.chief) });
        self.members.push(Member { work: Box::pin(work), bell });
    }

    /// The result of the next future to finish. Never ready while the crew is empty.
    pub(super) async fn next(&mut self) -> T {
        std::future::poll_fn(|context| self.poll_next(context)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<T> {
        *self.chief.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
        let mut place = 0;
        while let Some(member) = self.members.get_mut(place) {
            if member.bell.rung.swap(false, Ordering::AcqRel) {
                let waker = Waker::from(Arc::clone(&member.bell));
                if let Poll::Ready(result) = member.work.as_mut().poll(&mut Context::from_waker(&waker)) {
                    self.members.swap_remove(place);
                    // Others may have been woken too: this task is polled again because the caller loops
                    return Poll::Ready(result);
                }
            }
            place += 1;
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Crew;

    #[tokio::test(start_paused = true)]
    async fn a_crew_finishes_all_its_work_in_the_order_it_becomes_ready() {
        let mut crew = Crew::new();
        for delay in [30, 10, 20] {
            crew.push(async move {
                tokio::time::sleep(Duration::from_millis(delay)).await;
                delay
            });
        }
        let mut order = Vec::new();
        while crew.len() > 0 {
            order.push(crew.next().await);
        }
        assert_eq!(order, [10, 20, 30]);
    }

    #[tokio::test]
    async fn work_that_yields_is_polled_again() {
        let mut crew = Crew::new();
        for number in 0..100_u32 {
            crew.push(async move {
                for _ in 0..number % 7 {
                    tokio::task::yield_now().await;
                }
                number
            });
        }
        let mut sum = 0;
        while crew.len() > 0 {
            sum += crew.next().await;
        }
        assert_eq!(sum, 4950);
    }
}
