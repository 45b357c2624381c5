//! Several futures at once on one task, so that they may borrow.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// Does `work` for each item, at most `width` at a time; results in the order of the items. Stops at the first error.
pub(super) async fn each<I, T, E, F>(width: usize, items: Vec<I>, work: impl Fn(I) -> F) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<T, E>>,
{
    let mut results: Vec<Option<T>> = items.iter().map(|_| None).collect();
    let mut waiting = items.into_iter().enumerate();
    let mut running: Vec<(usize, Pin<Box<F>>)> = Vec::with_capacity(width);
    let outcome = poll_fn(|context| {
        loop {
            while running.len() < width.max(1) {
                let Some((position, item)) = waiting.next() else { break };
                running.push((position, Box::pin(work(item))));
            }
            let before = running.len();
            let mut failed = None;
            running.retain_mut(|(position, future)| match future.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(Ok(result)) => {
                    if let Some(place) = results.get_mut(*position) {
                        *place = Some(result);
                    }
                    false
                }
                Poll::Ready(Err(error)) => {
                    failed.get_or_insert(error);
                    false
                }
            });
            if let Some(error) = failed {
                return Poll::Ready(Err(error));
            }
            if running.is_empty() && waiting.len() == 0 {
                return Poll::Ready(Ok(()));
            }
            // New futures must be polled once before waiting makes sense
            if running.len() == before {
                return Poll::Pending;
            }
        }
    });
    outcome.await?;
    Ok(results.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::each;

    #[tokio::test(start_paused = true)]
    async fn results_keep_the_order_of_the_items_and_no_more_run_than_the_width() {
        let running = Cell::new(0);
        let most = Cell::new(0);
        let results = each(4, (0..20_u64).collect(), |item| {
            let (running, most) = (&running, &most);
            async move {
                running.set(running.get() + 1);
                most.set(most.get().max(running.get()));
                tokio::time::sleep(Duration::from_millis(100 - item)).await;
                running.set(running.get() - 1);
                Ok::<_, ()>(item * 2)
            }
        });
        assert_eq!(results.await.unwrap(), (0..20).map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(most.get(), 4);
    }

    #[tokio::test]
    async fn the_first_error_ends_it_and_nothing_is_fine() {
        let begun = Cell::new(0);
        let failed = each(1, vec![1, 2, 3], |item| {
            begun.set(begun.get() + 1);
            async move { if item == 2 { Err(item) } else { Ok(item) } }
        });
        assert_eq!(failed.await, Err(2));
        assert_eq!(begun.get(), 2);
        assert_eq!(each(8, Vec::<u8>::new(), |item| async move { Ok::<_, ()>(item) }).await, Ok(vec![]));
    }
}
